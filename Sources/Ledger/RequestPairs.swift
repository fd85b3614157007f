import Bytes

/// Pairs the opening and the closing entries of requests.
struct RequestPairs {
  /// The requests that are open.
  private(set) var open: Set<RequestID> = []
  /// The first entry that does not fit.
  private(set) var fault: Fault?

  /// Takes in an entry; the fault says why it does not fit.
  @discardableResult
  mutating func follow(_ json: Span<UInt8>, _ places: EntryPlaces?, at index: UInt64) -> Fault? {
    guard let code = unfitness(of: json, places) else { return nil }
    let found = Fault(code, at: index)
    fault = fault ?? found
    return found
  }

  private mutating func unfitness(of json: Span<UInt8>, _ places: EntryPlaces?) -> Fault.Code? {
    guard let places, let event = Event(json.extracting(places.event)),
      Timestamp(json.extracting(places.time)) != nil
    else { return .malformedEntry }
    guard event == .requestOpened || event == .requestClosed else { return nil }
    guard let range = places.request, let request = RequestID(String(decoding: json.extracting(range))) else {
      return .malformedEntry
    }
    if event == .requestOpened { return open.insert(request).inserted ? nil : .openedTwice }
    return open.remove(request) != nil ? nil : .closedWithoutOpening
  }
}
