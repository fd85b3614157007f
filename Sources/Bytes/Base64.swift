/// Base64 with the standard alphabet and padding (RFC 4648, section 4).
public enum Base64 {
  /// The bytes as base64, padded.
  public static func encode(_ bytes: Span<UInt8>) -> String { Base64Alphabet.standard.encode(bytes, padding: true) }

  /// The bytes as base64, padded.
  public static func encode(_ bytes: [UInt8]) -> String { encode(bytes.span) }

  /// The bytes that padded base64 spells; nil unless it is the one encoding of them.
  public static func decode(_ text: Span<UInt8>) -> [UInt8]? { Base64Alphabet.standard.decode(text, padding: true) }

  /// The bytes that padded base64 spells; nil unless it is the one encoding of them.
  public static func decode(_ text: String) -> [UInt8]? { decode(Array(text.utf8).span) }
}

/// Base64 with the alphabet that is safe in URLs, not padded (RFC 4648, section 5).
public enum Base64URL {
  /// The bytes as base64url, not padded.
  public static func encode(_ bytes: Span<UInt8>) -> String { Base64Alphabet.url.encode(bytes, padding: false) }

  /// The bytes as base64url, not padded.
  public static func encode(_ bytes: [UInt8]) -> String { encode(bytes.span) }

  /// The bytes that unpadded base64url spells; nil unless it is the one encoding of them.
  public static func decode(_ text: Span<UInt8>) -> [UInt8]? { Base64Alphabet.url.decode(text, padding: false) }

  /// The bytes that unpadded base64url spells; nil unless it is the one encoding of them.
  public static func decode(_ text: String) -> [UInt8]? { decode(Array(text.utf8).span) }
}
