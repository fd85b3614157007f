/// What two people have agreed to who take a log as it is, though it is not what it was.
///
/// The proposal's object is the log. Its parameters are `reason`, in words for the log; `mark`, the word of what the vault
/// says of the log (`LogMark.word`); `found`, in whoever knows logs' own words, what is taken in its place; and `fault`,
/// for people to read.
package struct LogGivenUp: Hashable, Sendable {
  /// The parameter for why.
  package static let reason = "reason"
  /// The parameter for what the vault says.
  package static let mark = "mark"
  /// The parameter for what is taken.
  package static let found = "found"
  /// The parameter for what the root log had recorded of a shard: how many entries, and their root.
  package static let recorded = "recorded"
  /// The parameter for how many entries of a shard the vault knows, where it knows of more, for people to read.
  package static let known = "known"
  /// What the name of a parameter begins with for what is wrong with a shard by the root log that is given up.
  package static let shard = "shard "
  /// What the name of a parameter begins with for how such a shard was found, in one word.
  package static let foundShard = "found shard "
  /// The parameter for what is wrong.
  package static let fault = "fault"
  /// What the vault says where it was never told.
  package static let none = "none"
  private static let longestReason = 200

  /// The name of the proposal.
  package let proposalID: String
  /// Why.
  package let reason: String
  /// What is taken.
  package let found: String
  /// The pseudonyms of the one who proposed and the one who approved.
  package let people: [String]
  /// Which log, in the vault's word.
  package var log: String { proposal.object }
  /// How two people who give the root log up saw the shard of a replica with which something is wrong; nil when they saw
  /// nothing of it.
  package func found(shard replica: String) -> String? { proposal[LogGivenUp.foundShard + replica] }

  /// What of a shard was recorded.
  package var recorded: String? { proposal[LogGivenUp.recorded] }
  let proposal: Proposal

  init(_ agreement: Agreement) throws(VaultError) {
    guard LogGivenUp.isWhole(agreement.proposal), let reason = agreement.proposal[LogGivenUp.reason],
      let found = agreement.proposal[LogGivenUp.found]
    else { throw VaultError(.proposal(.malformed)) }
    (proposalID, people, proposal) = (agreement.id, agreement.people, agreement.proposal)
    (self.reason, self.found) = (reason, found)
  }

  /// Whether a proposal says all that two people have to know.
  static func isWhole(_ proposal: Proposal) -> Bool {
    let reason = proposal[LogGivenUp.reason] ?? ""
    return (1...longestReason).contains(reason.utf8.count) && reason.utf8.contains { $0 != 0x20 }
      && proposal[LogGivenUp.mark] != nil && proposal[LogGivenUp.found] != nil
  }
}
