extension Event {
  /// The event that these bytes name; nil when there is none.
  init?(_ name: Span<UInt8>) {
    guard let event = Event.byHash[Event.hash(name)], event.rawValue.utf8.count == name.count else { return nil }
    let expected = event.rawValue.utf8.span
    for index in name.indices where name[index] != expected[index] { return nil }
    self = event
  }

  private static let byHash: [UInt64: Event] = {
    var events: [UInt64: Event] = [:]
    for event in allCases { events[hash(event.rawValue.utf8.span)] = event }
    precondition(events.count == allCases.count, "two events have one hash")
    return events
  }()

  /// FNV-1a: whoever names an event that is none learns so by the comparison that follows.
  private static func hash(_ name: Span<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for index in name.indices { hash = (hash ^ UInt64(name[index])) &* 0x100_0000_01B3 }
    return hash
  }
}
