/// What a provider can do, and what it promises.
package struct KeyCapabilities: Hashable, Sendable {
  /// An operation that not every provider has.
  package enum Operation: String, Hashable, Sendable, CaseIterable {
    case generateDataKey = "generate_data_key"
    case wrap
    case unwrap
    case rewrap
    case sign
    case rotate
    case disable
    case destroy
    case describe
  }

  /// What it can do itself.
  package var operations: Set<Operation>
  /// Whether the context is authenticated by the provider itself; else the vault authenticates it in what is wrapped.
  package var bindsContext: Bool
  /// Whether the root key is kept in hardware or behind a service, where this process cannot read it.
  package var keepsKeysApart: Bool
  /// How many days a destruction may be made to wait; nil when the provider destroys nothing.
  package var waitingDays: ClosedRange<Int>?

  /// What a provider can do and promises.
  package init(
    operations: Set<Operation>, bindsContext: Bool, keepsKeysApart: Bool, waitingDays: ClosedRange<Int>? = nil
  ) {
    self.operations = operations
    self.bindsContext = bindsContext
    self.keepsKeysApart = keepsKeysApart
    self.waitingDays = waitingDays
  }
}
