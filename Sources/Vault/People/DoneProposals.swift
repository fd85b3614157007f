import Bytes
import Ciphers
import GRDB
import Storage
import struct Foundation.Data

/// That a proposal was carried out.
struct DoneProposal: Hashable {
  let id: String
  let time: Moment
}

// What was carried out is a list that only grows, under a code of the vault: to take a proposal out of it, so that it
// could be carried out again, takes the vault's keys or an older copy of the whole file.
extension Vault {
  /// Marks a proposal as carried out, in the transaction of its effect; refused when its time is over.
  func finish(_ proposalID: String, _ evidence: SecretBox, _ database: Database) throws {
    let now = clock()
    let done = try Vault.doneProposals(evidence, database)
    let body = try Data.fetchOne(
      database, sql: "SELECT body FROM proposal WHERE id = ? AND done IS NULL", arguments: [proposalID])
    guard let body else { throw VaultError(.proposal(.alreadyDone)) }
    guard let proposal = Proposal([UInt8](body)), proposal.id == proposalID else {
      throw VaultError(.proposal(.changed))
    }
    try checkAge(of: proposal, database)
    try database.execute(
      sql: "UPDATE proposal SET done = ?, done_number = ? WHERE id = ? AND done IS NULL AND approver IS NOT NULL",
      arguments: [now.milliseconds, done.count + 1, proposalID])
    guard database.changesCount == 1 else { throw VaultError(.proposal(.alreadyDone)) }
    let code = Vault.doneCode(done + [DoneProposal(id: proposalID, time: now)], evidence)
    try database.execute(sql: "UPDATE vault SET done_code = ?", arguments: [Vault.blob(code)])
    try Vault.forgetAge(of: proposalID, database)
  }

  /// What was carried out, first to last; `malformed` when the list is not as the vault left it.
  static func doneProposals(_ evidence: SecretBox, _ database: Database) throws -> [DoneProposal] {
    guard let code = try Data.fetchOne(database, sql: "SELECT done_code FROM vault") else { throw VaultError(.missing) }
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT id, done, done_number FROM proposal WHERE done IS NOT NULL OR done_number IS NOT NULL
        ORDER BY done_number
        """)
    let done = try rows.enumerated().map { index, row in
      guard let time = row["done"] as Int64?, row["done_number"] as Int64? == Int64(index + 1) else {
        throw VaultError(.altered(.proposals))
      }
      return DoneProposal(id: row["id"], time: Moment(milliseconds: time))
    }
    guard equalInConstantTime(doneCode(done, evidence).span, [UInt8](code).span) else {
      throw VaultError(.altered(.proposals))
    }
    return done
  }

  /// The code of such a list.
  static func doneCode(_ done: [DoneProposal], _ evidence: SecretBox) -> [UInt8] {
    var list: [UInt8] = []
    list.append(bigEndian: UInt64(done.count))
    for proposal in done {
      list.append(bigEndian: UInt64(bitPattern: proposal.time.milliseconds))
      list.append(bigEndian: UInt64(proposal.id.utf8.count))
      list.append(contentsOf: proposal.id.utf8)
    }
    return Digest(authenticating: list, key: evidence.secret.derived(for: "cordon vault v1 done proposals")).bytes
  }

  /// The last thing that was carried out on a key, but for its rotation, and when.
  static func lastAgreement(
    on key: String, _ evidence: SecretBox, _ database: Database
  ) throws -> (proposal: Proposal, time: Moment)? {
    for done in try doneProposals(evidence, database).reversed() {
      let body = try Data.fetchOne(database, sql: "SELECT body FROM proposal WHERE id = ?", arguments: [done.id])
      guard let proposal = body.flatMap({ Proposal([UInt8]($0)) }), proposal.id == done.id else {
        throw VaultError(.altered(.proposals))
      }
      let changesState: Bool =
        switch proposal.operation {
        case .disable, .enable, .destroy, .cancelDestruction, .retireTenant: true
        default: false
        }
      if changesState && proposal.object == key { return (proposal, done.time) }
    }
    return nil
  }
}
