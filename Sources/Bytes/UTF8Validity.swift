/// Where the first byte is that does not belong to well-formed UTF-8; nil when all of it is.
///
/// Surrogates, overlong forms and truncated sequences are malformed (Unicode 16, table 3-7).
public func firstInvalidUTF8(in bytes: Span<UInt8>) -> Int? {
  do throws(UTF8.ValidationError) {
    _ = try UTF8Span(validating: bytes)
    return nil
  } catch {
    return error.byteOffsets.lowerBound
  }
}

/// Where the first byte is that does not belong to well-formed UTF-8; nil when all of it is.
public func firstInvalidUTF8(in bytes: [UInt8]) -> Int? { firstInvalidUTF8(in: bytes.span) }
