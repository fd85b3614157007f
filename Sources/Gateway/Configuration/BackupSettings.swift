/// What is wanted of backups.
package struct BackupSettings: Hashable, Sendable {
  /// How many days old the last drill that proved a backup may become.
  ///
  /// No number is in force (45 CFR 164.308(a)(7)(ii)(D)); the proposal of 90 FR 898 has twelve months.
  package var drillDays = 365

  /// The usual settings.
  package init() {}
}

extension BackupSettings {
  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    self.init()
    let members = try node.members("drill_days")
    if let days = members["drill_days"] { drillDays = try days.integer(in: 1...3_650) }
  }
}
