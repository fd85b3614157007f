/// The ids of the vault's events in the shards of one log.
struct EventIDs {
  private static let beginning = "event-"
  // Half of a random id tells it from every other.
  private var seen: Set<UInt64> = []

  /// Whether a request is an event that was there before.
  ///
  /// An announcement and what it announced have ids of their own.
  mutating func isRepeated(_ request: RequestID) -> Bool {
    let text = request.description
    guard text.hasPrefix(EventIDs.beginning),
      let number = UInt64(text.dropFirst(EventIDs.beginning.count).prefix(16), radix: 16)
    else { return false }
    return !seen.insert(number).inserted
  }
}
