import Bytes

extension RequestReader {
  /// Reads a field that the gateway itself must know.
  mutating func setting(
    _ setting: RequestSettings.Field, _ token: JSONToken, _ label: Label, _ site: inout Site, _ text: Span<UInt8>
  ) throws(ProviderError) {
    if token.kind == .null {
      // A vendor takes null for its custom, and it cannot be said twice.
      guard setting != .asksToStore else { throw wrongType(token) }
      return
    }
    switch setting {
    case .model: settings.model = try string(token, text)
    case .isStreaming: settings.isStreaming = try flag(token)
    case .includesUsage: settings.includesUsage = try flag(token)
    case .asksToStore: settings.asksToStore = try flag(token)
    case .choiceCount: settings.choiceCount = try count(token, text)
    case .maxTokens:
      if token.kind == .number { settings.maxTokens = Int(String(decoding: text.extracting(token.range))) }
      try structural(token, label, &site, text)
    case .webSearch:
      try vendorTool("web_search", token)
      try value(token, label, &site, text)
    case .region:
      settings.region = try string(token, text)
      try structural(token, label, &site, text)
    case .runsInBackground: settings.runsInBackground = try flag(token)
    // Nothing of it is prose: only an id that the vendor has given goes out, and the gateway knows which it gave.
    case .previousResponse: settings.previousResponse = try string(token, text)
    case .conversation where token.kind == .beginObject: try members(of: .conversation, &site, text)
    case .conversation:
      settings.conversation = try string(token, text)
      try structural(token, label, &site, text)
    case .toolKind:
      let kind = try string(token, text)
      if kind != "function", kind != "custom" { try vendorTool(kind, token) }
      try words(RequestShape.versions, token, label, &site, text)
    case .answerFormat:
      let type = text.extracting(token.range)
      settings.wantsJSON = token.kind == .string && (type.spells("json_object") || type.spells("json_schema"))
      try structural(token, label, &site, text)
    case .modalities: try modalities(token, label, &site, text)
    }
  }

  private mutating func vendorTool(_ kind: String, _ token: JSONToken) throws(ProviderError) {
    if settings.vendorTools.contains(kind) { return }
    guard settings.vendorTools.count < RequestReader.toolKindLimit else {
      throw ProviderError(.tooManyValues, at: token.range.lowerBound, path: path.description)
    }
    settings.vendorTools.append(kind)
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

  private func count(_ token: JSONToken, _ text: Span<UInt8>) throws(ProviderError) -> Int {
    let digits = String(decoding: text.extracting(token.range))
    guard token.kind == .number, let count = Int(digits), count > 0 else { throw wrongType(token) }
    return count
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
