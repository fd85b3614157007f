import GRDB
import Storage

// A proposal says until when it is good, and a clock says when that is. Who runs a command can have its clock say any date,
// also one on which an agreement that is over was not. So the vault keeps under its seal when each proposal came: by the days
// that it has counted, and by the machine's own time. A proposal that it was not told of, or has forgotten, is over.
extension Vault {
  private static let came = "proposed "
  /// By how many seconds the machine's time may run ahead of the clock before an agreement is over by it.
  private static let tolerance: Int64 = 300
  /// By how many milliseconds the clocks of two people's machines may differ.
  private static let clockTolerance: Int64 = 300_000

  /// Keeps in mind when a proposal came, in the transaction that takes it in.
  func keepAge(of proposal: Proposal, _ database: Database) throws {
    try Vault.set(
      Fact(try Vault.countedDays(database), uptime()?.description), as: Vault.came + proposal.id, database)
  }

  static func forgetAge(of proposalID: String, _ database: Database) throws {
    try set(nil, as: came + proposalID, database)
  }

  /// Forgets those that came so long ago that they are over, whenever a day was counted.
  static func forgetAges(_ database: Database) throws {
    let longest = Proposal.longestValidity / Moment.day + 1
    try database.cachedStatement(sql: "DELETE FROM fact WHERE substr(name, 1, ?) = ? AND number < ?")
      .execute(arguments: [came.count, came, try countedDays(database) - longest])
  }

  /// Throws when a proposal's time is over, by the clock or by what was counted since it came, or has not come.
  func checkAge(of proposal: Proposal, _ database: Database) throws {
    try Vault.checkTime(of: proposal, at: clock())
    let validity = proposal.expires.milliseconds - proposal.made.milliseconds
    guard let came = try Vault.fact(Vault.came + proposal.id, database),
      try Vault.countedDays(database) - came.number <= (validity + Moment.day - 1) / Moment.day
    else { throw VaultError(.proposal(.expired)) }
    guard let before = came.text.flatMap({ Uptime($0) }) else { return }
    // What the machine has said once and says no more is kept from the vault.
    guard let now = uptime() else { throw VaultError(.proposal(.expired)) }
    guard now.mayBeOfTheRun(of: before) else { return }
    guard (0...validity / 1000 + Vault.tolerance).contains(now.seconds - before.seconds) else {
      throw VaultError(.proposal(.expired))
    }
  }

  /// Throws when a proposal's time is over, or has not come: what one person signs under a clock that runs ahead, the
  /// clock of the next does not take.
  static func checkTime(of proposal: Proposal, at now: Moment) throws(VaultError) {
    guard proposal.made.milliseconds <= now.milliseconds + clockTolerance else {
      throw VaultError(.proposal(.madeLater))
    }
    guard now < proposal.expires else { throw VaultError(.proposal(.expired)) }
  }
}
