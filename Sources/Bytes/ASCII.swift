/// The classes of ASCII bytes; a byte of 0x80 or more is in none of them.
public enum ASCII {
  /// Whether the byte is `0` to `9`.
  @inlinable public static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

  /// Whether the byte is `A` to `Z`.
  @inlinable public static func isUppercase(_ byte: UInt8) -> Bool { byte &- 0x41 < 26 }

  /// Whether the byte is `a` to `z`.
  @inlinable public static func isLowercase(_ byte: UInt8) -> Bool { byte &- 0x61 < 26 }

  /// Whether the byte is a letter.
  @inlinable public static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

  /// Whether the byte is a letter or a digit.
  @inlinable public static func isAlphanumeric(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) }

  /// Whether the byte is a letter, a digit or `_`.
  @inlinable public static func isWord(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || byte == 0x5F }

  /// Whether the byte is a digit or `a` to `f` in any case.
  @inlinable public static func isHexDigit(_ byte: UInt8) -> Bool { isDigit(byte) || (byte | 0x20) &- 0x61 < 6 }

  /// Whether the byte is a space, a tab, a line feed, a vertical tab, a form feed or a carriage return.
  @inlinable public static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte &- 0x09 < 5 }

  /// Whether the byte is a line feed or a carriage return.
  @inlinable public static func isNewline(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

  /// Whether the byte is printable and neither a letter, a digit nor a space.
  @inlinable public static func isPunctuation(_ byte: UInt8) -> Bool {
    byte &- 0x21 < 0x5E && !isAlphanumeric(byte)
  }

  /// Whether the byte is below 0x20 or is 0x7F.
  @inlinable public static func isControl(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x7F }

  /// The byte with `A` to `Z` made `a` to `z`, any other byte as it is.
  @inlinable public static func lowercased(_ byte: UInt8) -> UInt8 { isUppercase(byte) ? byte | 0x20 : byte }

  /// The byte with `a` to `z` made `A` to `Z`, any other byte as it is.
  @inlinable public static func uppercased(_ byte: UInt8) -> UInt8 { isLowercase(byte) ? byte & 0xDF : byte }

  /// The value of a digit, or nil.
  @inlinable public static func digit(_ byte: UInt8) -> Int? { isDigit(byte) ? Int(byte &- 0x30) : nil }

  /// The value of a hexadecimal digit in any case, or nil.
  @inlinable public static func hexDigit(_ byte: UInt8) -> UInt8? {
    if isDigit(byte) { return byte &- 0x30 }
    let letter = (byte | 0x20) &- 0x61
    return letter < 6 ? letter &+ 10 : nil
  }
}
