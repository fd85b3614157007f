/// Where a secret is found; it is never in the configuration itself.
package enum SecretSource: Hashable, Sendable {
  /// In the environment variable of this name.
  case environment(String)
  /// In the file at this path.
  case file(String)
}

extension SecretSource {
  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    try self.init(node.members("environment", "file"), node)
  }

  /// The place of a secret that is rotated: `SecretRotation` reads the other members.
  init(rotated node: ConfigurationNode) throws(ConfigurationError) {
    try self.init(node.members("environment", "file", "changed", "rotate_days"), node)
  }

  private init(_ members: ConfigurationMembers, _ node: ConfigurationNode) throws(ConfigurationError) {
    switch (members["environment"], members["file"]) {
    case (let variable?, nil): self = .environment(try variable.text())
    case (nil, let file?): self = .file(try file.text())
    default: throw node.error(.wrongForm(expected: "either `environment` or `file`"))
    }
  }
}
