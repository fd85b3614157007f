import Bytes

/// What the beginning of an entry says: what happened, when, to which request, and which sealed parts follow.
package struct EntryOutline: Hashable, Sendable {
  /// What happened.
  package let event: Event
  /// When.
  package let time: Timestamp
  /// The request it belongs to.
  package let request: RequestID?
  /// The personal fields, in the order in which their sealed bytes follow the entry.
  package let parts: [PartReference]

  /// The outline of an entry's JSON; nil when it does not begin as entries do.
  package init?(_ json: Span<UInt8>) {
    guard let places = EntryPlaces(json), let event = Event(json.extracting(places.event)),
      let time = Timestamp(json.extracting(places.time))
    else { return nil }
    self.event = event
    self.time = time
    var parts: [PartReference] = []
    for place in places.parts {
      guard let part = place.reference(in: json) else { return nil }
      parts.append(part)
    }
    self.parts = parts
    if let range = places.request {
      guard let request = RequestID(String(decoding: json.extracting(range))) else { return nil }
      self.request = request
    } else {
      request = nil
    }
  }
}
