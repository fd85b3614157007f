/// Pairs the opening and the closing entries of requests.
struct RequestPairs {
  /// The requests that are open.
  private(set) var open: Set<RequestID> = []
  /// The first entry that does not fit.
  private(set) var fault: Fault?

  /// Takes in an entry.
  mutating func follow(_ json: Span<UInt8>, at index: UInt64) {
    guard let code = unfitness(of: json) else { return }
    if fault == nil { fault = Fault(code, at: index) }
  }

  private mutating func unfitness(of json: Span<UInt8>) -> Fault.Code? {
    guard let outline = EntryOutline(json) else { return .malformedEntry }
    switch outline.event {
    case .requestOpened:
      guard let request = outline.request else { return .malformedEntry }
      return open.insert(request).inserted ? nil : .openedTwice
    case .requestClosed:
      guard let request = outline.request else { return .malformedEntry }
      return open.remove(request) != nil ? nil : .closedWithoutOpening
    default:
      return nil
    }
  }
}
