import Bytes

extension RequestReader {
  /// Reads a name, or an array of names.
  mutating func names(
    _ token: JSONToken, of kind: NameKind, _ label: Label, _ site: inout Site, _ text: Span<UInt8>
  ) throws(ProviderError) {
    switch token.kind {
    case .string where !kind.isOfPeople && ProtocolWord.isKnown(text.extracting(token.range)): break
    case .string where !kind.isOfPeople && StructuralName.isVendorID(text.extracting(token.range)): break
    case .string: try name(token, of: kind, label, &site, text)
    case .beginArray: try elements(as: .name(kind), label, &site, text)
    default: try structural(token, label, &site, text)
    }
  }

  /// Shows the words of a name, and any other text like any other text.
  mutating func name(
    _ token: JSONToken, of kind: NameKind, _ label: Label, _ site: inout Site, _ text: Span<UInt8>
  ) throws(ProviderError) {
    let isName = !token.isEscaped && site.source == 0 && StructuralName.isName(text.extracting(token.range))
    guard isName else { return try value(token, label, &site, text) }
    try checkValueCount(token)
    begin(kind.isLabelled ? label : .none)
    prose.showName(token, in: text, of: kind)
  }

  /// Reads the name of a property, or an array of them.
  mutating func property(
    _ token: JSONToken, _ label: Label, _ site: inout Site, _ text: Span<UInt8>
  ) throws(ProviderError) {
    switch token.kind {
    case .beginArray: try elements(as: .property, label, &site, text)
    case .string where StructuralName.isProperty(text.extracting(token.range)): break
    default: try value(token, label, &site, text)
    }
  }

  /// Reads an id.
  mutating func id(
    _ token: JSONToken, _ label: Label, _ site: inout Site, _ text: Span<UInt8>
  ) throws(ProviderError) {
    guard token.kind == .string, site.source == 0 else { return try structural(token, label, &site, text) }
    let id = token.text(in: text)
    if id.isEmpty || StructuralName.isVendorID(id.span) && !RequestNames.mayBeOwn(id.span) { return }
    try checkValueCount(token)
    prose.rename(token, saying: id, after: StructuralName.prefix(of: id.span) ?? "call_")
  }

  /// Reads a number of which the dialect says how small and how large it may be.
  mutating func number(
    _ token: JSONToken, in bounds: ClosedRange<Double>, _ label: Label, _ site: inout Site, _ text: Span<UInt8>
  ) throws(ProviderError) {
    guard token.kind == .number else { return try structural(token, label, &site, text) }
    guard let number = Double(String(decoding: text.extracting(token.range))), bounds.contains(number) else {
      throw ProviderError(.outOfRange, at: token.range.lowerBound, path: path.description)
    }
    try structural(token, label, &site, text)
  }

  /// Reads a seed: one of more than five digits goes out as another of five at most, always the same.
  mutating func seed(
    _ token: JSONToken, _ label: Label, _ site: inout Site, _ text: Span<UInt8>
  ) throws(ProviderError) {
    guard token.kind == .number else { return try structural(token, label, &site, text) }
    let digits = text.extracting(token.range)
    if digits.count <= 5 { return }
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for index in digits.indices { hash = (hash ^ UInt64(digits[index])) &* 0x0100_0000_01B3 }
    prose.replace(token.range, with: Array("\((hash ^ hash >> 32) % 100_000)".utf8))
  }

  func checkValueCount(_ token: JSONToken) throws(ProviderError) {
    guard prose.segmentCount < RequestReader.valueLimit else {
      throw ProviderError(.tooManyValues, at: token.range.lowerBound)
    }
  }
}
