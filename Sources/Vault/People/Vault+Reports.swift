package import Ciphers
import Storage

// What the log keeps sealed about a subject is opened for auditors alone who do not run the log, and not before the log says that it was.
extension Vault {
  /// The tag by which the log names a subject, for a person with the role `auditor` who is about to read what the log
  /// has about it, and the event that says so, which waits for the log when this returns (see `checkRecorded`).
  ///
  /// - Throws: `unknownSubject` when nothing was ever sealed for it, `shredded` when its key was destroyed, `forbidden`
  ///   when the person may not, `altered` when the file finds another by its index than by its table.
  package func tag(
    ofReported reference: SubjectReference, by person: borrowing CustodianKey
  ) async throws(VaultError) -> (tag: Digest, event: VaultEvent) {
    let evidence = try await box(.evidence)
    guard try isAuditor(person, evidence) else { throw VaultError(.forbidden) }
    let reader = try await pseudonym(of: person.name)
    let tag = try await provedTag(of: reference)
    return (tag, try await tell(event(.logRead, object: tag.description, people: [reader])))
  }

  private func isAuditor(_ person: borrowing CustodianKey, _ evidence: SecretBox) throws(VaultError) -> Bool {
    guard let known = try roster(evidence)[person.name] else { return false }
    return known.key == person.verificationKey && known.roles.contains(.auditor)
      && !known.roles.contains(.logAdministrator)
  }
}
