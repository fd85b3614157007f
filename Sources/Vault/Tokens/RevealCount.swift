import GRDB
import Storage

// One token at a time, in a loop, is many: how many of a scope one person has turned back alone is counted under the
// vault's seal, by the days that the vault counts and not by those of a clock.
extension Vault {
  /// Counts one more token that one person turns back; false when the person has had today's number.
  func countReveal(by people: [String], in scope: ScopeName, _ database: Database) throws -> Bool {
    let name = "reveals \(people.joined(separator: " ")) \(scope)"
    let day = String(try Vault.countedDays(database))
    let known = try Vault.fact(name, database)
    let count = known?.text == day ? known?.number ?? 0 : 0
    guard count < settings.revealsPerDay else { return false }
    try Vault.set(Fact(count + 1, day), as: name, database)
    return true
  }
}
