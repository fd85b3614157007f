import Bytes

extension RequestReader {
  /// Reads an array that holds objects and nothing else.
  mutating func list(
    of shape: RequestShape, _ token: JSONToken, _ site: inout Site, _ text: Span<UInt8>
  ) throws(ProviderError) {
    guard token.kind == .beginArray else { throw wrongType(token) }
    var index = 0
    while true {
      let element = try self.token(&site, text)
      if element.kind == .endArray { return }
      path.enter(index: index)
      guard element.kind == .beginObject else { throw wrongType(element) }
      try members(of: shape, &site, text)
      path.leave()
      index += 1
    }
  }

  /// Reads a text, or an array of texts and of objects of a shape.
  mutating func content(
    of shape: RequestShape, mayBeOne: Bool, _ token: JSONToken, _ site: inout Site, _ text: Span<UInt8>
  ) throws(ProviderError) {
    switch token.kind {
    case .string: try value(token, .none, &site, text)
    case .null: break
    case .beginObject where mayBeOne: try members(of: shape, &site, text)
    case .beginArray:
      var index = 0
      while true {
        let part = try self.token(&site, text)
        if part.kind == .endArray { return }
        path.enter(index: index)
        switch part.kind {
        case .beginObject: try members(of: shape, &site, text)
        case .string: try value(part, .none, &site, text)
        default: throw wrongType(part)
        }
        path.leave()
        index += 1
      }
    default: throw wrongType(token)
    }
  }

  /// Reads a text or an array of texts.
  mutating func texts(
    _ token: JSONToken, _ site: inout Site, _ text: Span<UInt8>
  ) throws(ProviderError) {
    switch token.kind {
    case .string: try value(token, .none, &site, text)
    case .null: break
    case .beginArray:
      var index = 0
      var hasTokens = false
      while true {
        let element = try self.token(&site, text)
        if element.kind == .endArray { break }
        path.enter(index: index)
        switch element.kind {
        case .string: try value(element, .none, &site, text)
        case .number, .beginArray:
          hasTokens = true
          try skip(element, &site, text)
        default: throw wrongType(element)
        }
        path.leave()
        index += 1
      }
      if hasTokens { report(.tokens) }
    default: throw wrongType(token)
    }
  }

  /// Reads a list of a text's tokens, which says in pieces what the text says.
  mutating func tokens(_ token: JSONToken, _ site: inout Site, _ text: Span<UInt8>) throws(ProviderError) {
    if token.kind == .null { return }
    try skip(token, &site, text)
    if token.kind != .beginArray || site.cursor.offset - token.range.upperBound > 1 { report(.tokens) }
  }

  /// Reads a word or an array of words.
  mutating func words(
    _ words: [StaticString], _ token: JSONToken, _ label: Label, _ site: inout Site, _ text: Span<UInt8>
  ) throws(ProviderError) {
    switch token.kind {
    case .beginArray: try elements(as: .words(words), label, &site, text)
    case .string where words.contains { text.extracting(token.range).spells($0) }: break
    default: try structural(token, label, &site, text)
    }
  }

  /// Reads the field that says of which kind an object is.
  mutating func kind(
    _ token: JSONToken, _ label: Label, _ site: inout Site, _ text: Span<UInt8>
  ) throws(ProviderError) {
    if token.kind != .null {
      let kind = token.kind == .string ? site.kinds?.shape.kind(named: text.extracting(token.range)) : nil
      site.kinds?.told = kind == nil ? .unknown : .known
      if let reason = kind?.reason { report(reason, above: true) }
      if kind?.isReference == true { site.kinds?.told = .reference }
    }
    try structural(token, label, &site, text)
  }
}
