package import PHI

/// Why something that the configuration grants is not granted.
package enum GrantLapse: Hashable, Sendable {
  /// Somebody has taken it away.
  case removed
  /// Its last day is over.
  case ended(CalendarDate)
  /// What was taken away cannot be read, and so nobody has anything.
  case unreadable(FileFault)
  /// A backup was restored, and nobody has said what was removed since it was made.
  case unsettled
  /// Whose it is cannot be told while the vault says no pseudonyms, and something of somebody's was taken away.
  case unknown

  /// In a few words, such as `was removed`.
  package var words: String {
    switch self {
    case .removed: "was removed"
    case .ended(let day): "ended with \(day)"
    case .unsettled: "waits to be settled after a restore"
    case .unreadable, .unknown: "cannot be told"
    }
  }

  /// The refusal of a request that needs `access`, which is in names of the configuration.
  func refusal(of access: String) -> Refusal {
    switch self {
    case .removed, .ended: Refusal(.grantLapsed, "\(access) \(words)")
    case .unreadable(let fault): Refusal(.grantsUnreadable, "what access was removed cannot be read (\(fault))")
    case .unsettled: Refusal(.grantsUnreadable, "what access was removed since the backup was made cannot be told")
    case .unknown: Refusal(.grantsUnreadable, "what access was removed cannot be told")
    }
  }
}
