import Bytes

extension RequestReader {
  mutating func messages(_ token: JSONToken, _ site: inout Site, _ text: Span<UInt8>) throws(ProviderError) {
    guard token.kind == .beginArray else { throw wrongType(token) }
    hasMessages = true
    var index = 0
    while true {
      let message = try self.token(&site, text)
      if message.kind == .endArray { return }
      path.enter(index: index)
      guard message.kind == .beginObject else { throw wrongType(message) }
      try members(of: .message, &site, text)
      path.leave()
      index += 1
    }
  }

  mutating func content(_ token: JSONToken, _ site: inout Site, _ text: Span<UInt8>) throws(ProviderError) {
    switch token.kind {
    case .string: try value(token, .none, &site, text)
    case .null: break
    case .beginArray:
      var index = 0
      while true {
        let part = try self.token(&site, text)
        if part.kind == .endArray { return }
        path.enter(index: index)
        guard part.kind == .beginObject || part.kind == .string else { throw wrongType(part) }
        try shape(.part, part, .none, &site, text)
        path.leave()
        index += 1
      }
    default: throw wrongType(token)
    }
  }

  mutating func part(_ site: inout Site, _ text: Span<UInt8>) throws(ProviderError) {
    let reported = uninspectable.count
    site.isTextPart = false
    try members(of: .part, &site, text)
    if !site.isTextPart, uninspectable.count == reported { report(.unknownPart) }
  }

  mutating func partType(
    _ token: JSONToken, _ label: Label, _ site: inout Site, _ text: Span<UInt8>
  ) throws(ProviderError) {
    let type = text.extracting(token.range)
    site.isTextPart = token.kind == .string && (type.spells("text") || type.spells("refusal"))
    try structural(token, label, &site, text)
  }

  /// Reads a field that the gateway itself must know.
  mutating func setting(
    _ setting: Treatment, _ token: JSONToken, _ label: Label, _ site: inout Site, _ text: Span<UInt8>
  ) throws(ProviderError) {
    if token.kind == .null { return }
    switch setting {
    case .model: model = try string(token, text)
    case .isStreaming: isStreaming = try flag(token)
    case .includesUsage: includesUsage = try flag(token)
    case .choiceCount:
      let digits = String(decoding: text.extracting(token.range))
      guard token.kind == .number, let count = Int(digits), count > 0 else { throw wrongType(token) }
      choiceCount = count
    case .answerFormat:
      let type = text.extracting(token.range)
      wantsJSON = token.kind == .string && (type.spells("json_object") || type.spells("json_schema"))
      try structural(token, label, &site, text)
    case .modalities: try modalities(token, label, &site, text)
    default: try value(token, label, &site, text)
    }
  }

  private mutating func modalities(
    _ token: JSONToken, _ label: Label, _ site: inout Site, _ text: Span<UInt8>
  ) throws(ProviderError) {
    guard token.kind == .beginArray else { throw wrongType(token) }
    while true {
      let element = try self.token(&site, text)
      if element.kind == .endArray { return }
      guard element.kind == .string else { throw wrongType(element) }
      if !text.extracting(element.range).spells("text") { report(.audioOutput) }
    }
  }

  private func flag(_ token: JSONToken) throws(ProviderError) -> Bool {
    switch token.kind {
    case .true: true
    case .false: false
    default: throw wrongType(token)
    }
  }

  private func string(_ token: JSONToken, _ text: Span<UInt8>) throws(ProviderError) -> String {
    guard token.kind == .string else { throw wrongType(token) }
    var decoded: [UInt8] = []
    guard JSONString.unescape(text.extracting(token.range), into: &decoded) else { throw wrongType(token) }
    return String(decoding: decoded.span)
  }
}

extension RequestShape {
  var isPart: Bool { if case .part = self { true } else { false } }
}
