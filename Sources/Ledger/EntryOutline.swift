import Bytes

/// What the beginning of an entry says: what happened, when, and to which request.
package struct EntryOutline: Hashable, Sendable {
  /// What happened.
  package let event: Event
  /// When.
  package let time: Timestamp
  /// The request it belongs to.
  package let request: RequestID?

  /// The outline of an entry's JSON; nil when it does not begin as entries do.
  package init?(_ json: Span<UInt8>) {
    var cursor = Cursor(offset: 0)
    guard cursor.skip(Cursor.beforeEvent, in: json), let event = cursor.text(in: json).flatMap(Event.init(rawValue:)),
      cursor.skip(Cursor.beforeTime, in: json), let time = cursor.text(in: json).flatMap(Timestamp.init)
    else { return nil }
    self.event = event
    self.time = time
    if cursor.skip(Cursor.beforeRequest, in: json) {
      guard let request = cursor.text(in: json).flatMap(RequestID.init) else { return nil }
      self.request = request
    } else {
      request = nil
    }
    guard cursor.offset < json.count, json[json.count - 1] == 0x7D else { return nil }
  }
}

private struct Cursor {
  static let beforeEvent = Array(#"{"v":1,"event":""#.utf8)
  static let beforeTime = Array(#","time":""#.utf8)
  static let beforeRequest = Array(#","request":""#.utf8)

  var offset: Int

  mutating func skip(_ expected: [UInt8], in json: Span<UInt8>) -> Bool {
    guard offset + expected.count <= json.count else { return false }
    for index in expected.indices where json[offset + index] != expected[index] { return false }
    offset += expected.count
    return true
  }

  /// The text up to the next quotation mark, which is skipped.
  mutating func text(in json: Span<UInt8>) -> String? {
    let start = offset
    while offset < json.count {
      if json[offset] == 0x22 {
        defer { offset += 1 }
        return String(decoding: json.extracting(start..<offset))
      }
      offset += 1
    }
    return nil
  }
}
