import Bytes
import Ciphers

/// Where the beginning of an entry's JSON holds what is read most often.
struct EntryPlaces {
  private static let beginnings = [Array(#"{"v":2,"event":""#.utf8), Array(#"{"v":1,"event":""#.utf8)]
  private static let beforeTime = Array(#","time":""#.utf8)
  private static let beforeRequest = Array(#","request":""#.utf8)
  private static let beforeParts = Array(#","parts":["#.utf8)

  var event: Range<Int>
  var time: Range<Int>
  var request: Range<Int>?
  /// Where the first part begins; nil when there is none.
  var parts: Int?

  /// The places in `json`; nil when it does not begin as entries do.
  init?(_ json: Span<UInt8>) {
    var cursor = EntryCursor(offset: 0)
    guard cursor.skip(EntryPlaces.beginnings[0], in: json) || cursor.skip(EntryPlaces.beginnings[1], in: json),
      let event = cursor.text(in: json), cursor.skip(EntryPlaces.beforeTime, in: json),
      let time = cursor.text(in: json)
    else { return nil }
    self.event = event
    self.time = time
    if cursor.skip(EntryPlaces.beforeRequest, in: json) {
      guard let request = cursor.text(in: json) else { return nil }
      self.request = request
    }
    if cursor.skip(EntryPlaces.beforeParts, in: json) { parts = cursor.offset }
    guard cursor.offset < json.count, json[json.count - 1] == 0x7D else { return nil }
  }

  /// The references to the sealed parts; nil when they are not written as entries write them.
  func references(in json: Span<UInt8>) -> [PartReference]? {
    guard let parts else { return [] }
    var references: [PartReference] = []
    var cursor = EntryCursor(offset: parts)
    while true {
      guard let reference = PartReference(at: &cursor, in: json), cursor.offset < json.count else { return nil }
      references.append(reference)
      let next = json[cursor.offset]
      cursor.offset += 1
      if next == 0x5D { return references }
      guard next == 0x2C else { return nil }
    }
  }
}

/// A place in an entry's JSON from which reading goes on.
struct EntryCursor {
  var offset: Int

  /// Goes past `expected` if it is next.
  mutating func skip(_ expected: [UInt8], in json: Span<UInt8>) -> Bool {
    guard offset + expected.count <= json.count else { return false }
    for index in expected.indices where json[offset + index] != expected[index] { return false }
    offset += expected.count
    return true
  }

  /// Where the text up to the next quotation mark is, which is gone past.
  mutating func text(in json: Span<UInt8>) -> Range<Int>? {
    let start = offset
    while offset < json.count {
      offset += 1
      if json[offset - 1] == 0x22 { return start..<offset - 1 }
    }
    return nil
  }

  /// The digest whose 64 lower-case digits are next.
  fileprivate mutating func digest(in json: Span<UInt8>) -> Digest? {
    guard offset + 64 <= json.count else { return nil }
    let digits = json.extracting(offset..<offset + 64)
    offset += 64
    guard let bytes = Hex.decode(digits), let digest = Digest(bytes.span) else { return nil }
    // One spelling only.
    for index in digits.indices where (0x41...0x46).contains(digits[index]) { return nil }
    return digest
  }

  /// The number from 0 to a billion whose decimal digits are next.
  fileprivate mutating func number(in json: Span<UInt8>) -> Int? {
    let start = offset
    var number = 0
    while offset < json.count, offset - start < 12, ASCII.isDigit(json[offset]) {
      number = number * 10 + Int(json[offset] - 0x30)
      offset += 1
    }
    guard offset > start, json[start] != 0x30 || offset == start + 1 else { return nil }
    return number
  }
}

extension PartReference {
  private static let beforeSubject = Array(#"{"subject":""#.utf8)
  private static let beforeDigest = Array(#"","digest":""#.utf8)
  private static let beforeCommitment = Array(#"","commitment":""#.utf8)
  private static let beforeLength = Array(#"","length":"#.utf8)

  fileprivate init?(at cursor: inout EntryCursor, in json: Span<UInt8>) {
    guard cursor.skip(PartReference.beforeSubject, in: json), let subject = cursor.digest(in: json),
      cursor.skip(PartReference.beforeDigest, in: json), let digest = cursor.digest(in: json),
      cursor.skip(PartReference.beforeCommitment, in: json), let commitment = cursor.digest(in: json),
      cursor.skip(PartReference.beforeLength, in: json), let length = cursor.number(in: json),
      cursor.offset < json.count, json[cursor.offset] == 0x7D
    else { return nil }
    cursor.offset += 1
    self.init(subject: subject, digest: digest, commitment: commitment, length: length)
  }
}
