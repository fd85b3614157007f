import Bytes

/// The members of an entry's JSON, one after the other.
///
/// It reads what `Entry.json` writes: compact, and without an escape anywhere. It ends early at anything else.
struct EntryMembers {
  /// A member: where its name and its value are; of a text, what is between the quotes.
  struct Member {
    var name: Range<Int>
    var value: Range<Int>
  }

  private var offset: Int
  private let end: Int

  /// The members of the object that fills `bounds`.
  init(in bounds: Range<Int>) {
    offset = bounds.lowerBound + 1
    end = bounds.upperBound - 1
  }

  /// The next member; nil at the end of the object.
  mutating func next(in json: Span<UInt8>) -> Member? {
    if offset < end, json[offset] == 0x2C { offset += 1 }
    guard offset < end, json[offset] == 0x22, let name = text(in: json), offset < end, json[offset] == 0x3A else {
      return nil
    }
    offset += 1
    guard let value = value(in: json) else { return nil }
    return Member(name: name, value: value)
  }

  /// The next element of an array; nil at its end.
  mutating func element(in json: Span<UInt8>) -> Range<Int>? {
    if offset < end, json[offset] == 0x2C { offset += 1 }
    return value(in: json)
  }

  private mutating func value(in json: Span<UInt8>) -> Range<Int>? {
    guard offset < end else { return nil }
    switch json[offset] {
    case 0x22: return text(in: json)
    case 0x7B, 0x5B: return nested(in: json)
    default:
      let start = offset
      while offset < end, json[offset] != 0x2C { offset += 1 }
      return start..<offset
    }
  }

  private mutating func text(in json: Span<UInt8>) -> Range<Int>? {
    let start = offset + 1
    offset = start
    while offset < end, json[offset] != 0x22 { offset += 1 }
    guard offset < end else { return nil }
    offset += 1
    return start..<offset - 1
  }

  // Names and texts hold no brackets, so that counting them finds the end.
  private mutating func nested(in json: Span<UInt8>) -> Range<Int>? {
    let start = offset
    var depth = 0
    while offset < end {
      let byte = json[offset]
      offset += 1
      if byte == 0x7B || byte == 0x5B { depth += 1 }
      if byte == 0x7D || byte == 0x5D { depth -= 1 }
      if depth == 0 { return start..<offset }
    }
    return nil
  }
}
