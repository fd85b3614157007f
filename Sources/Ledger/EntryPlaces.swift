import Bytes
import Ciphers
import Glibc

/// Where the beginning of an entry's JSON holds what is read most often.
struct EntryPlaces {
  var event: Range<Int>
  var time: Range<Int>
  var request: Range<Int>?
  /// Where the references to the sealed parts are.
  var parts: [PartPlaces] = []

  /// The places in `json`; nil when it does not begin as entries do.
  init?(_ json: Span<UInt8>) {
    var cursor = EntryCursor(offset: 0)
    guard cursor.skip(#"{"v":2,"event":""#, in: json) || cursor.skip(#"{"v":1,"event":""#, in: json),
      let event = cursor.text(in: json), cursor.skip(#","time":""#, in: json),
      let time = cursor.text(in: json)
    else { return nil }
    self.event = event
    self.time = time
    if cursor.skip(#","request":""#, in: json) {
      guard let request = cursor.text(in: json) else { return nil }
      self.request = request
    }
    if cursor.skip(#","parts":["#, in: json) {
      var next: UInt8 = 0x2C
      while next == 0x2C {
        guard let part = PartPlaces(at: &cursor, in: json), cursor.offset < json.count else { return nil }
        parts.append(part)
        next = json[cursor.offset]
        cursor.offset += 1
      }
      guard next == 0x5D else { return nil }
    }
    guard cursor.offset < json.count, json[json.count - 1] == 0x7D else { return nil }
  }
}

/// Where a reference to a sealed part holds its members.
struct PartPlaces {
  var subject: Int
  var digest: Int
  var commitment: Int
  var length: Int

  fileprivate init?(at cursor: inout EntryCursor, in json: Span<UInt8>) {
    guard cursor.skip(#"{"subject":""#, in: json), let subject = cursor.digest(in: json),
      cursor.skip(#"","digest":""#, in: json), let digest = cursor.digest(in: json),
      cursor.skip(#"","commitment":""#, in: json), let commitment = cursor.digest(in: json),
      cursor.skip(#"","length":"#, in: json), let length = cursor.number(in: json),
      cursor.offset < json.count, json[cursor.offset] == 0x7D
    else { return nil }
    cursor.offset += 1
    (self.subject, self.digest, self.commitment, self.length) = (subject, digest, commitment, length)
  }

  /// The reference in `json`, where these places are; nil when its digests are not written as entries write them.
  func reference(in json: Span<UInt8>) -> PartReference? {
    guard let subject = PartPlaces.digest(at: subject, in: json), let digest = PartPlaces.digest(at: digest, in: json),
      let commitment = PartPlaces.digest(at: commitment, in: json)
    else { return nil }
    return PartReference(subject: subject, digest: digest, commitment: commitment, length: length)
  }

  private static func digest(at offset: Int, in json: Span<UInt8>) -> Digest? {
    guard let bytes = Hex.decode(json.extracting(offset..<offset + 64)), let digest = Digest(bytes.span),
      HexadecimalDigest(digest).isWritten(in: json, at: offset)
    else { return nil }
    return digest
  }
}

/// A place in an entry's JSON from which reading goes on.
private struct EntryCursor {
  var offset: Int

  /// Goes past `expected` if it is next.
  mutating func skip(_ expected: StaticString, in json: Span<UInt8>) -> Bool {
    let end = offset + expected.utf8CodeUnitCount
    guard end <= json.count else { return false }
    let isNext = unsafe json.extracting(offset..<end).withUnsafeBytes { bytes in
      unsafe bytes.baseAddress.map { unsafe memcmp($0, expected.utf8Start, bytes.count) == 0 } ?? true
    }
    if isNext { offset = end }
    return isNext
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

  /// Where the 64 digits of a digest are, which are gone past unread.
  mutating func digest(in json: Span<UInt8>) -> Int? {
    guard offset + 64 <= json.count else { return nil }
    defer { offset += 64 }
    return offset
  }

  /// The number below 10^12 whose decimal digits are next.
  mutating func number(in json: Span<UInt8>) -> Int? {
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
