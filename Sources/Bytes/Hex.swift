/// Bytes written as hexadecimal digits.
public enum Hex {
  /// Two lower-case digits for each byte.
  public static func encode(_ bytes: Span<UInt8>) -> String {
    var digits: [UInt8] = []
    digits.reserveCapacity(bytes.count * 2)
    for index in bytes.indices {
      digits.append(digit(bytes[index] >> 4))
      digits.append(digit(bytes[index] & 0xF))
    }
    return String(decoding: digits.span)
  }

  /// Two lower-case digits for each byte.
  public static func encode(_ bytes: [UInt8]) -> String { encode(bytes.span) }

  /// The bytes that pairs of digits in any case spell; nil when anything else is there or a digit is left over.
  public static func decode(_ digits: Span<UInt8>) -> [UInt8]? {
    guard digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count / 2)
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let high = ASCII.hexDigit(digits[index]), let low = ASCII.hexDigit(digits[index + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  /// The bytes that pairs of digits in any case spell; nil when anything else is there or a digit is left over.
  public static func decode(_ digits: String) -> [UInt8]? { decode(Array(digits.utf8).span) }

  @inline(__always) static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
}
