/// What becomes of access that nobody uses.
package struct AccessSettings: Hashable, Sendable {
  /// For how many days something has to be unused before its removal is proposed.
  package var unusedDays = 90
  /// Whether what is proposed for removal is removed at once.
  package var removesUnused = false

  /// The usual settings.
  package init() {}
}

extension AccessSettings {
  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    self.init()
    let members = try node.members("unused_days", "remove_unused")
    if let days = members["unused_days"] { unusedDays = try days.integer(in: 1...3_650) }
    guard let place = members["remove_unused"] else { return }
    switch try place.text() {
    case "propose": removesUnused = false
    case "remove": removesUnused = true
    default: throw place.error(.wrongForm(expected: "`propose` or `remove`"))
    }
  }
}
