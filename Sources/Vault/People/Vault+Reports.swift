package import Ciphers
import Storage

// What the log keeps sealed about a subject is opened for auditors alone, and not before the log says that it was.
extension Vault {
  /// The tag by which the log names a subject, for a person with the role `auditor` who is about to read what the log
  /// has about it; the event that says so waits for the log when this returns.
  ///
  /// - Throws: `unknownSubject` when nothing was ever sealed for it, `shredded` when its key was destroyed, `forbidden`
  ///   when the person may not.
  package func tag(
    ofReported reference: SubjectReference, by person: borrowing CustodianKey
  ) async throws(VaultError) -> Digest {
    let evidence = try await box(.evidence)
    guard try isAuditor(person, evidence) else { throw VaultError(.forbidden) }
    let reader = try await pseudonym(of: person.name)
    let tag = try await tag(of: reference)
    _ = try await tell(event(.logRead, object: tag.description, people: [reader]))
    return tag
  }

  /// What sealed parts of the log say, each sealed for its own place; nil where the subject's key does not open one.
  package func opened(
    _ parts: [(part: SealedPart, context: [UInt8])], of reference: SubjectReference
  ) async throws -> [[UInt8]?] {
    try await withSubject(reference, create: false, seals: 0) { key in Vault.opened(parts, key) }
  }

  // Not inlined: the throws of the cipher end in here (see the invariant of `Agreement`).
  @inline(never)
  private static func opened(
    _ parts: [(part: SealedPart, context: [UInt8])], _ key: borrowing SubjectKey
  ) -> [[UInt8]?] {
    var texts: [[UInt8]?] = []
    for (part, context) in parts { texts.append(try? key.open(part, context: context)) }
    return texts
  }

  private func isAuditor(_ person: borrowing CustodianKey, _ evidence: SecretBox) throws(VaultError) -> Bool {
    guard let known = try roster(evidence)[person.name] else { return false }
    return known.key == person.verificationKey && known.roles.contains(.auditor)
  }
}
