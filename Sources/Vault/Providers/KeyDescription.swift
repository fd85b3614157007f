/// What is known about a key without using it.
package struct KeyDescription: Hashable, Sendable {
  /// Whether a key may be used.
  package enum State: String, Hashable, Sendable, CaseIterable {
    case enabled
    case disabled
    case pendingDestruction = "pending_destruction"
    case destroyed
  }

  /// The key.
  package let key: KeyID
  /// Whether it may be used.
  package let state: State
  /// The newest version, which wraps; older ones unwrap.
  package let version: UInt32
  /// When the key was made, when the provider says so.
  package let created: Moment?
  /// When the newest version was made, when the provider says so.
  package let rotated: Moment?
  /// When it will be destroyed, once that is scheduled.
  package let destruction: Moment?

  /// What is known about a key.
  package init(
    key: KeyID, state: State, version: UInt32, created: Moment? = nil, rotated: Moment? = nil,
    destruction: Moment? = nil
  ) {
    self.key = key
    self.state = state
    self.version = version
    self.created = created
    self.rotated = rotated
    self.destruction = destruction
  }
}
