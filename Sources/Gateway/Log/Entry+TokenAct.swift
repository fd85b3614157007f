package import Ciphers
package import Ledger
import PHI
package import Vault

extension VaultEvent {
  /// The sealed parts of the entry for this event: the words to the reason of a reveal.
  package var sealedParts: [SealedPart] { token?.note.map { [$0] } ?? [] }
}

extension Entry {
  /// Adds what an event about tokens says: the reason as the purpose, the scope's policy, of a refusal the rule, how many
  /// of each kind, and the reference to the note.
  package mutating func add(_ act: TokenAct) {
    purpose = act.reason.flatMap { ConfiguredName($0.rawValue) }
    policy = act.policy.flatMap { ConfiguredName($0.rawValue) }
    decision = act.refusal == nil ? .allow : .deny
    rule = act.refusal.flatMap { ConfiguredName($0.rawValue) }
    for (kind, count) in act.kinds {
      // A kind that detection does not know is some number or other.
      identifiers[Identifier(label: kind.description) ?? .otherNumber, default: 0] += count
    }
    guard let note = act.note, let subject = act.subject else { return }
    parts.append(
      PartReference(subject: subject, digest: note.digest, commitment: note.commitment, length: note.bytes.count))
  }
}
