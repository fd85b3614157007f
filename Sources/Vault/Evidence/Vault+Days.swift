import GRDB
import Storage

/// How much of a waiting period is over.
package struct WaitingPeriod: Hashable, Sendable {
  /// How many days were counted since it began.
  package let counted: Int64
  /// How many it takes.
  package let days: Int64

  /// So many of so many days.
  package init(counted: Int64, days: Int64) {
    self.counted = counted
    self.days = days
  }
}

// A waiting period gives others the time to notice and to call off. What the clock of one process says is no such time:
// who runs a command can have it told any date. So the vault counts the days on which it was in use, one at most each
// time that it changes anything, and within one run of the machine none before twenty hours of it have passed.
extension Vault {
  private static let lastDay = "day"
  private static let count = "days"
  /// A day may begin soon after the one before was counted, but not every hour.
  private static let shortestDay: Int64 = 20 * 3600

  /// Counts today, unless it was counted; in the transaction of a change.
  func countDay(_ database: Database) throws {
    let today = clock().dayNumber
    guard let last = try Vault.fact(Vault.lastDay, database) else {
      try Vault.set(Fact(today, uptime()?.description), as: Vault.lastDay, database)
      return try Vault.set(Fact(0), as: Vault.count, database)
    }
    guard last.number != today else { return }
    let (before, now) = (last.text.flatMap { Uptime($0) }, uptime())
    // What the machine has said once and says no more is kept from the vault.
    if before != nil, now == nil { return }
    if let before, let now, now.mayBeOfTheRun(of: before) {
      guard now.seconds >= before.seconds else {
        // A container that was started again, or a machine that was put back: from here on it counts again.
        return try Vault.set(Fact(last.number, now.description), as: Vault.lastDay, database)
      }
      guard now.seconds - before.seconds >= Vault.shortestDay else { return }
    } else if last.number > today {
      // The clock was set back. After a start of the machine it is believed, and the day is not counted.
      guard let now, before?.boot != now.boot else { return }
      return try Vault.set(Fact(today, now.description), as: Vault.lastDay, database)
    } else if let now, let counted = try Vault.fact(Vault.run(now), database),
      (0..<Vault.shortestDay).contains(now.seconds - counted.number)
    {
      // Another machine was here meanwhile: from one to the other the days go by no faster.
      return
    }
    try Vault.set(Fact(today, now?.description), as: Vault.lastDay, database)
    if let now { try Vault.set(Fact(now.seconds), as: Vault.run(now), database) }
    try Vault.set(Fact(Vault.countedDays(database) + 1), as: Vault.count, database)
    try Vault.forgetAges(database)
  }

  /// What is known of one run of one machine: how long it had run when it last counted a day.
  private static func run(_ uptime: Uptime) -> String { "run \(uptime.boot)" }

  /// How many days were counted since the vault counts.
  static func countedDays(_ database: Database) throws -> Int64 { try fact(count, database)?.number ?? 0 }

  /// Begins the waiting period of a destruction that two people agreed to.
  static func beginWaiting(for proposalID: String, _ database: Database) throws {
    try set(Fact(try countedDays(database)), as: waiting(proposalID), database)
  }

  static func endWaiting(for proposalID: String, _ database: Database) throws {
    try set(nil, as: waiting(proposalID), database)
  }

  /// How many days were counted since the waiting period of a destruction began; nil when it began before the vault
  /// counted days.
  static func daysWaited(for proposalID: String, _ database: Database) throws -> Int64? {
    guard let began = try fact(waiting(proposalID), database) else { return nil }
    return try countedDays(database) - began.number
  }

  private static func waiting(_ proposalID: String) -> String { "destroy.\(proposalID)" }
}
