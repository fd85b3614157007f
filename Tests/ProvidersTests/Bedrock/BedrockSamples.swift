import Bytes

import Providers

/// Messages of Amazon's event streams, written as the service writes them.
enum BedrockSamples {
  static func message(headers: [UInt8], payload: [UInt8]) -> [UInt8] {
    let total = 16 + headers.count + payload.count
    let lengths = number(UInt32(total)) + number(UInt32(headers.count))
    let checked = lengths + number(CRC32.checksum(lengths.span)) + headers + payload
    return checked + number(CRC32.checksum(checked.span))
  }

  static func number(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }

  static func text(_ name: String, _ value: String) -> [UInt8] {
    [UInt8(name.utf8.count)] + Array(name.utf8) + [7, 0, UInt8(value.utf8.count)] + Array(value.utf8)
  }

  static func chunk(_ event: String) -> [UInt8] {
    let payload: JSONValue = ["bytes": .string(Base64.encode(Array(event.utf8))), "p": "abcdefgh"]
    return message(headers: text(":event-type", "chunk") + text(":message-type", "event"), payload: payload.bytes)
  }

  static func exception(_ name: String) -> [UInt8] {
    message(
      headers: text(":exception-type", name) + text(":message-type", "exception"),
      payload: Array(#"{"message":"about Ottoline Brackenridge"}"#.utf8))
  }
}
