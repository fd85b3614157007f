/// What `memory` says: how the gateway keeps its memory to itself.
package struct MemorySettings: Hashable, Sendable {
  /// Whether its pages stay out of the swap space.
  package var lock = Lock.preferred

  /// Whether the gateway starts where its memory cannot be locked.
  package enum Lock: String, Hashable, Sendable, CaseIterable {
    /// It does not.
    case required
    /// It does, and says so.
    case preferred
    /// Nothing is locked.
    case none
  }

  /// The usual.
  package init() {}
}

extension MemorySettings {
  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    let members = try node.members("lock")
    guard let lock = members["lock"] else { return }
    guard let named = Lock(rawValue: try lock.text()) else {
      throw lock.error(.wrongForm(expected: "`required`, `preferred` or `none`"))
    }
    self.lock = named
  }
}
