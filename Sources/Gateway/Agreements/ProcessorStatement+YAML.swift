extension ProcessorStatement {
  init(_ node: ConfigurationNode, inRegion region: ConfiguredID<Configuration.Region>?) throws(ConfigurationError) {
    let members = try node.members("region", "provider")
    if let said = members["region"] {
      guard region != nil else { throw said.error(.wrongForm(expected: "left out: the vendor has no `region`")) }
      self.region = try RegionName(said)
    }
    provider = try members["provider"].map { said throws(ConfigurationError) in try ProviderName(said) }
    guard self.region != nil || provider != nil else {
      throw node.error(.wrongForm(expected: "`region`, `provider` or both"))
    }
  }

  fileprivate static func place(
    _ node: ConfigurationNode, _ members: ConfigurationMembers
  ) throws(ConfigurationError) -> Place {
    switch (members["header"], members["member"]) {
    case (let node?, nil):
      let text = try node.text()
      guard text.utf8.count <= 64, text.utf8.allSatisfy(isOfToken) else {
        throw node.error(.wrongForm(expected: "the name of a header, such as x-ms-region"))
      }
      return .header(text.lowercased())
    case (nil, let node?):
      let text = try node.text()
      guard !text.isEmpty, text.utf8.count <= 64, text.utf8.allSatisfy(isOfToken) else {
        throw node.error(.wrongForm(expected: "the name of a member, such as provider"))
      }
      return .member(text)
    default: throw node.error(.wrongForm(expected: "either `header` or `member`"))
    }
  }

  fileprivate static func name(_ node: ConfigurationNode, _ text: String) throws(ConfigurationError) -> String {
    let name = folded(text)
    guard !name.isEmpty else { throw node.error(.wrongForm(expected: "a name")) }
    return name
  }

  /// A letter, a digit or one of the signs that such names have in practice (RFC 9110, section 5.6.2).
  private static func isOfToken(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
      true
    default: false
    }
  }
}

extension ProcessorStatement.RegionName {
  fileprivate init(_ node: ConfigurationNode) throws(ConfigurationError) {
    let members = try node.members("header", "member", "names")
    place = try ProcessorStatement.place(node, members)
    let names = try members.required("names")
    good = try names.set { node throws(ConfigurationError) in
      try ProcessorStatement.name(node, node.text())
    }
    guard !good.isEmpty else { throw names.error(.wrongForm(expected: "one name at least")) }
  }
}

extension ProcessorStatement.ProviderName {
  fileprivate init(_ node: ConfigurationNode) throws(ConfigurationError) {
    let members = try node.members("header", "member", "names")
    place = try ProcessorStatement.place(node, members)
    subcontractors = [:]
    for (said, node) in try members["names"]?.pairs() ?? [] {
      let said = try ProcessorStatement.name(node, said)
      guard subcontractors[said] == nil else { throw node.error(.wrongForm(expected: "each name once")) }
      subcontractors[said] = try node.id()
    }
  }
}
