import Bytes

extension RequestReader {
  /// Reads what cannot be inspected: its bytes are passed over, and all that stands beside them is shown.
  mutating func sealed(
    _ reason: Uninspectable.Reason, _ token: JSONToken, _ label: Label, _ site: inout Site, _ text: Span<UInt8>
  ) throws(ProviderError) {
    if token.kind == .null { return }
    report(reason)
    switch token.kind {
    case .beginObject, .beginArray: try shape(.sealedContent, token, label, &site, text)
    default: try bytes(token, label, &site, text)
    }
  }

  /// Reads bytes that are written in base64, by themselves or in an address (RFC 2397).
  mutating func bytes(
    _ token: JSONToken, _ label: Label, _ site: inout Site, _ text: Span<UInt8>
  ) throws(ProviderError) {
    guard token.kind == .string else { return try structural(token, label, &site, text) }
    let said = text.extracting(token.range)
    guard let payload = EncodedBytes.payload(of: said) else { return try structural(token, label, &site, text) }
    if !payload.isPlain {
      let head = token.range.lowerBound..<token.range.lowerBound + payload.start
      try show(head, of: token, label, site, text)
    }
    // Letters that are few can be words that only look like bytes.
    if said.count - payload.start < OpaqueLetters.fewLetters {
      try showReadable(of: token, from: payload.start, label, site, text)
    }
  }

  /// Reads what only the vendor can read.
  mutating func opaque(
    _ token: JSONToken, _ label: Label, _ site: inout Site, _ text: Span<UInt8>
  ) throws(ProviderError) {
    guard token.kind == .string, OpaqueLetters.matches(text.extracting(token.range)) else {
      return try structural(token, label, &site, text)
    }
    try showReadable(of: token, from: 0, label, site, text)
    prose.showEncoded(inOpaque: token.range, of: text, source: site.source)
  }

  /// Shows the parts of letters that look like words all the same.
  private mutating func showReadable(
    of token: JSONToken, from start: Int, _ label: Label, _ site: Site, _ text: Span<UInt8>
  ) throws(ProviderError) {
    let first = token.range.lowerBound + start
    for part in OpaqueLetters.readableParts(of: text.extracting(first..<token.range.upperBound)) {
      try show(first + part.lowerBound..<first + part.upperBound, of: token, label, site, text)
    }
  }

  /// Shows a part of a string.
  private mutating func show(
    _ range: Range<Int>, of token: JSONToken, _ label: Label, _ site: Site, _ text: Span<UInt8>
  ) throws(ProviderError) {
    try checkValueCount(token)
    begin(label)
    _ = prose.show(JSONToken(.string, range), of: text, source: site.source)
  }
}
