import Ledger
import Providers

extension Vendor {
  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    let members = try node.members(
      "id", "kind", "base_url", "api_version", "aws_region", "credential", "token_limit", "store", "features", "tools",
      "identifiers", "region", "agreement", "attestation", "concurrency", "batch_concurrency", "queue", "inside",
      "pins", "other_model", "says")
    kind = try Kind(members)
    id = try members.required("id").id()
    region = try members["region"]?.id()
    for (name, place) in try members["pins"]?.pairs() ?? [] {
      guard let model = ModelName(name), let pin = ModelName(try place.text()) else {
        throw place.error(.wrongForm(expected: "a model's name"))
      }
      pins[model] = pin
    }
    if let other = members["other_model"] {
      guard !pins.isEmpty else { throw other.error(.wrongForm(expected: "left out: there are no `pins`")) }
      switch try other.text() {
      case "refuse": releasesOtherModels = false
      case "warn": releasesOtherModels = true
      default: throw other.error(.wrongForm(expected: "`refuse` or `warn`"))
      }
    }
    if let says = members["says"] { self.says = try ProcessorStatement(says, inRegion: region) }
    if let inside = members["inside"] { isMarkedInside = try inside.boolean() }
    if let agreement = members["agreement"] { self.agreement = try Agreement(agreement) }
    for feature in try members["features"]?.elements() ?? [] { features.insert(try feature.text()) }
    bounds.atOnce = try members["concurrency"]?.integer(in: 1...1_000_000)
    bounds.batchAtOnce = try members["batch_concurrency"]?.integer(in: 1...1_000_000)
    if let waiting = members["queue"] { bounds.waiting = try waiting.integer(in: 0...1_000_000) }
    if let attestation = members["attestation"] {
      self.attestation = try AttestationSettings(attestation, of: members)
    }
  }
}

extension Vendor.Kind {
  /// Reads how a vendor is reached; what only other kinds have is refused.
  fileprivate init(_ members: ConfigurationMembers) throws(ConfigurationError) {
    let kind = try members.required("kind")
    switch try kind.text() {
    case "openai":
      try Self.leaveOut(["api_version"], of: members, because: "only `azure_openai` has it")
      self = .openAI(try Vendor.Place(members))
    case "azure_openai":
      self = .azureOpenAI(try Vendor.Place(members), version: try members["api_version"].map(Self.version))
    case "anthropic":
      try Self.leaveOut(["api_version", "token_limit", "store"], of: members, because: "`anthropic` has none")
      self = .anthropic(try Vendor.Place(members))
    case "bedrock":
      try Self.leaveOut(["api_version", "token_limit", "store"], of: members, because: "`bedrock` has none")
      let place = try Vendor.Place(members)
      self = .bedrock(place, region: try Self.region(of: place, members))
    case "mcp":
      try Self.leaveOut(
        ["api_version", "aws_region", "token_limit", "store", "features", "says"], of: members,
        because: "a tool server has none")
      self = .tools(try Vendor.Place(members, asWritten: true), try ToolAccess(members))
      return
    case "loopback":
      try Self.leaveOut(
        ["base_url", "api_version", "credential", "token_limit", "store", "features", "says"], of: members,
        because: "the loopback model is inside this process")
      self = .loopback
    default:
      throw kind.error(.wrongForm(expected: "`openai`, `azure_openai`, `anthropic`, `bedrock`, `mcp` or `loopback`"))
    }
    try Self.leaveOut(["tools", "identifiers"], of: members, because: "only `mcp` has them")
    if case .bedrock = self { return }
    try Self.leaveOut(["aws_region"], of: members, because: "only `bedrock` has it")
  }

  private static func leaveOut(
    _ names: [String], of members: ConfigurationMembers, because reason: String
  ) throws(ConfigurationError) {
    for name in names {
      if let extra = members[name] { throw extra.error(.wrongForm(expected: "left out: \(reason)")) }
    }
  }

  private static func region(
    of place: Vendor.Place, _ members: ConfigurationMembers
  ) throws(ConfigurationError) -> String {
    let named = BedrockAddressing.region(of: place.baseURL)
    guard let node = members["aws_region"] else {
      if let named { return named }
      throw try members.required("base_url").error(
        .wrongForm(expected: "`https://bedrock-runtime.REGION.amazonaws.com`, or `aws_region` beside it"))
    }
    let text = try node.text()
    guard (1...32).contains(text.utf8.count), text.utf8.allSatisfy({ $0 == 0x2D || $0.isLetterOrDigit }),
      named == nil || named == text
    else { throw node.error(.wrongForm(expected: "the region that requests are signed for, such as us-east-1")) }
    return text
  }

  private static func version(_ node: ConfigurationNode) throws(ConfigurationError) -> String {
    let text = try node.text()
    guard (1...32).contains(text.utf8.count), text.utf8.allSatisfy({ $0 == 0x2D || $0.isLetterOrDigit }) else {
      throw node.error(.wrongForm(expected: "a version such as 2024-10-21 or 2025-04-01-preview"))
    }
    return text
  }
}

extension Vendor.Place {
  /// Reads a place; `asWritten` when a slash at the end of its address belongs to it.
  fileprivate init(_ members: ConfigurationMembers, asWritten: Bool = false) throws(ConfigurationError) {
    baseURL = try Self.baseURL(members.required("base_url"), asWritten: asWritten)
    credential = try members["credential"].map(SecretSource.init(rotated:))
    rotation = try members["credential"].map(SecretRotation.init) ?? SecretRotation()
    if let store = members["store"] {
      switch try store.text() {
      case "decline": declinesStorage = true
      case "unsaid": declinesStorage = false
      default: throw store.error(.wrongForm(expected: "`decline` or `unsaid`"))
      }
    }
    guard let limit = members["token_limit"] else { return }
    switch try limit.text() {
    case "max_tokens": tokenLimit = .maxTokens
    case "max_completion_tokens": tokenLimit = .maxCompletionTokens
    default: throw limit.error(.wrongForm(expected: "`max_tokens` or `max_completion_tokens`"))
    }
  }

  private static func baseURL(_ node: ConfigurationNode, asWritten: Bool) throws(ConfigurationError) -> String {
    var text = try node.text()
    while !asWritten, text.hasSuffix("/") { text.removeLast() }
    let host = text.hasPrefix("https://") ? text.dropFirst(8) : text.hasPrefix("http://") ? text.dropFirst(7) : ""
    guard !host.isEmpty, !host.contains(where: { $0 == "@" || $0 == "?" || $0 == "#" || $0.isWhitespace }) else {
      throw node.error(.wrongForm(expected: "an http or https address without user, query or fragment"))
    }
    guard text.hasPrefix("https://") || VendorAddress.isLoopback(text) else {
      throw node.error(.wrongForm(expected: "an https address: only 127.0.0.1, [::1] and localhost may do without"))
    }
    return text
  }
}

extension UInt8 {
  fileprivate var isLetterOrDigit: Bool {
    (0x30...0x39).contains(self) || (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self)
  }
}
