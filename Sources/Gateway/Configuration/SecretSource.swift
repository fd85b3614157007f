/// Where a secret is found; it is never in the configuration itself.
package enum SecretSource: Hashable, Sendable {
  /// In the environment variable of this name.
  case environment(String)
  /// In the file at this path.
  case file(String)
}

extension SecretSource {
  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    let members = try node.members("environment", "file")
    switch (members["environment"], members["file"]) {
    case (let variable?, nil): self = .environment(try variable.text())
    case (nil, let file?): self = .file(try file.text())
    default: throw node.error(.wrongForm(expected: "either `environment` or `file`"))
    }
  }
}
