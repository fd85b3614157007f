import Bytes

/// Pairs the opening and the closing entries of requests.
struct RequestPairs {
  /// What an entry means to the pairing.
  enum Step: Sendable {
    case opened(RequestID)
    case closed(RequestID)
    case malformed

    /// What the entry `json` means; nil when it opens and closes nothing.
    init?(_ json: Span<UInt8>, _ places: EntryPlaces?) {
      guard let places, let event = Event(json.extracting(places.event)),
        Timestamp(json.extracting(places.time)) != nil
      else {
        self = .malformed
        return
      }
      guard event == .requestOpened || event == .requestClosed else { return nil }
      guard let range = places.request, let request = RequestID(String(decoding: json.extracting(range))) else {
        self = .malformed
        return
      }
      self = event == .requestOpened ? .opened(request) : .closed(request)
    }
  }

  /// The requests that are open.
  private(set) var open: Set<RequestID> = []
  /// The first entry that does not fit.
  private(set) var fault: Fault?

  /// Takes in an entry; the fault says why it does not fit.
  @discardableResult
  mutating func follow(_ json: Span<UInt8>, _ places: EntryPlaces?, at index: UInt64) -> Fault? {
    guard let step = Step(json, places) else { return nil }
    return follow(step, at: index)
  }

  /// Takes in what an entry means; the fault says why it does not fit.
  @discardableResult
  mutating func follow(_ step: Step, at index: UInt64) -> Fault? {
    guard let code = unfitness(of: step) else { return nil }
    let found = Fault(code, at: index)
    fault = fault ?? found
    return found
  }

  private mutating func unfitness(of step: Step) -> Fault.Code? {
    switch step {
    case .opened(let request): open.insert(request).inserted ? nil : .openedTwice
    case .closed(let request): open.remove(request) != nil ? nil : .closedWithoutOpening
    case .malformed: .malformedEntry
    }
  }
}
