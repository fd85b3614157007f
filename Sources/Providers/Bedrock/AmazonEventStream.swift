import Bytes

/// Cuts bytes of the type `application/vnd.amazon.eventstream` into messages, wherever the network has cut them.
///
/// A message is the length of all and of its headers, a check of these two, the headers, the payload, and a check of all
/// (AWS, "Event stream encoding"). Numbers are big-endian.
package struct AmazonEventStream: Sendable {
  /// What ends a stream that is none.
  package enum Fault: String, Error, Sendable {
    /// A message is shorter than its parts, or longer than any may be.
    case length = "bad_length"
    /// A message is not what was sent.
    case checksum = "bad_checksum"
    /// The headers of a message cannot be read.
    case headers = "bad_headers"
    /// A message says nothing of what streams of this kind say.
    case content = "bad_content"
  }

  /// One message: of its headers, those that are text.
  package struct Message: Hashable, Sendable {
    package var headers: [String: String]
    package var payload: [UInt8]

    /// A message of these parts.
    package init(headers: [String: String], payload: [UInt8]) {
      self.headers = headers
      self.payload = payload
    }
  }

  /// How long a message may be, in bytes.
  package static let longest = 4 << 20
  /// The lengths and their check.
  private static let prelude = 12
  private static let check = 4

  private var buffer: [UInt8] = []
  private var start = 0

  /// A stream of which nothing has come yet.
  package init() {}

  /// Whether no message has begun that has not ended.
  package var isBetween: Bool { start == buffer.count }

  /// Takes what has come.
  package mutating func append(_ bytes: Span<UInt8>) {
    buffer.removeSubrange(..<start)
    start = 0
    buffer.append(copying: bytes)
  }

  /// The next message; nil when its end has not come yet.
  package mutating func next() throws(Fault) -> Message? {
    guard let (message, length) = try Self.message(buffer.span.extracting(start...)) else { return nil }
    start += length
    return message
  }

  /// The message that the bytes begin with, and how many of them it is; nil when its end has not come yet.
  private static func message(_ bytes: Span<UInt8>) throws(Fault) -> (Message, length: Int)? {
    guard bytes.count >= prelude else { return nil }
    guard number(bytes, at: 8) == CRC32.checksum(bytes.extracting(..<8)) else { throw .checksum }
    let (total, headers) = (Int(number(bytes, at: 0)), Int(number(bytes, at: 4)))
    guard total <= longest, prelude + headers + check <= total else { throw .length }
    guard bytes.count >= total else { return nil }
    let (body, end) = (prelude + headers, total - check)
    guard number(bytes, at: end) == CRC32.checksum(bytes.extracting(..<end)) else { throw .checksum }
    let message = Message(
      headers: try texts(bytes.extracting(prelude..<body)), payload: [UInt8](copying: bytes.extracting(body..<end)))
    return (message, total)
  }

  /// The headers that are text; each has the length of its name, the name, its type, and the value.
  private static func texts(_ bytes: Span<UInt8>) throws(Fault) -> [String: String] {
    var texts: [String: String] = [:]
    var place = 0
    func take(_ count: Int) throws(Fault) -> Range<Int> {
      guard count <= bytes.count - place else { throw .headers }
      defer { place += count }
      return place..<place + count
    }
    func text(_ range: Range<Int>) -> String {
      String(decoding: [UInt8](copying: bytes.extracting(range)), as: UTF8.self)
    }
    while place < bytes.count {
      let name = text(try take(Int(bytes[try take(1).lowerBound])))
      switch bytes[try take(1).lowerBound] {
      case 0, 1: break
      case 2: _ = try take(1)
      case 3: _ = try take(2)
      case 4: _ = try take(4)
      case 5, 8: _ = try take(8)
      case 6: _ = try take(length(bytes, try take(2)))
      case 7:
        guard texts.updateValue(text(try take(length(bytes, try take(2)))), forKey: name) == nil else { throw .headers }
      case 9: _ = try take(16)
      default: throw .headers
      }
    }
    return texts
  }

  private static func length(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
    Int(bytes[range.lowerBound]) << 8 | Int(bytes[range.lowerBound + 1])
  }

  private static func number(_ bytes: Span<UInt8>, at place: Int) -> UInt32 {
    (place..<place + 4).reduce(0) { $0 << 8 | UInt32(bytes[$1]) }
  }
}
