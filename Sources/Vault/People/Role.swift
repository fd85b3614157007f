/// What a person may do with the vault.
package enum Role: String, Hashable, Sendable, CaseIterable, Comparable {
  /// Proposes and approves what is done to keys; never reads data.
  case keyAdministrator = "key_administrator"
  /// Uses keys on data, through the gateway; never changes keys.
  case keyUser = "key_user"
  /// Reads logs and evidence, and takes part in holds.
  case auditor
  /// Runs the log's machine; takes part in no decision about keys.
  case logAdministrator = "log_administrator"
  /// Turns tokens back into values, one at a time with a reason.
  case revealer
  /// Keeps the register of consents: records what patients authorize and restrict, and reads it.
  case privacyOfficer = "privacy_officer"

  /// Pairs that no person may have together (NIST SP 800-57 part 2, separation of duties).
  static let conflicts: [(Role, Role)] = [
    (.logAdministrator, .keyAdministrator), (.logAdministrator, .auditor), (.keyAdministrator, .keyUser),
    (.keyAdministrator, .revealer), (.privacyOfficer, .keyAdministrator), (.privacyOfficer, .logAdministrator),
  ]

  /// Whether one person may have all of them, and has at least one.
  package static func mayGoTogether(_ roles: Set<Role>) -> Bool {
    !roles.isEmpty && !conflicts.contains { roles.contains($0.0) && roles.contains($0.1) }
  }

  /// Orders by name.
  package static func < (left: Role, right: Role) -> Bool { left.rawValue < right.rawValue }
}
