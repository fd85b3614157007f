package import Ciphers
package import PHI

/// What happened, as the log keeps it.
///
/// No PHI by construction: there is no field for text that comes with a request. Names come from the configuration, people are pseudonyms,
/// what was found is counted by kind, what was sent is named by the hash of its ciphertext, and personal fields are
/// parts sealed under the key of the one they are about.
package struct Entry: Hashable, Sendable {
  /// What happened.
  package var event: Event
  /// When.
  package var time: Timestamp
  /// The request it belongs to.
  package var request: RequestID?
  /// The personal fields, in the order in which their sealed bytes follow the entry.
  package var parts: [PartReference] = []
  /// Which application asked.
  package var caller: ConfiguredName?
  /// For which member of the workforce.
  package var user: Pseudonym?
  /// From which client.
  package var client: ConfiguredName?
  /// Served by which replica.
  package var server: ConfiguredName?
  /// For which use case.
  package var useCase: ConfiguredName?
  /// For which purpose.
  package var purpose: ConfiguredName?
  /// To which vendor.
  package var vendor: ConfiguredName?
  /// Under which agreement.
  package var agreement: ConfiguredName?
  /// The hash of what the agreement says, as the registry writes it.
  package var agreementDigest: Digest?
  /// In which region the vendor processes.
  package var region: ConfiguredName?
  /// By which route it left: who answers for what goes to whom, and until when.
  package var route: ConfiguredName?
  /// On which basis of the Privacy Rule it was disclosed, such as `treatment`.
  package var basis: ConfiguredName?
  /// Why that route exists, in the operator's words.
  package var justification: Justification?
  /// The machine that it went to, such as `https://llm.example:443`.
  package var destination: ConfiguredName?
  /// What was agreed or said of what the vendor keeps: `zero`, `declined` or `agreed`; `inside` where nothing left.
  package var retention: ConfiguredName?
  /// Under which approval the answer may hold identifiers in the clear.
  package var approval: ConfiguredName?
  /// What the model was asked for, such as `messages`.
  package var operation: ConfiguredName?
  /// Which model.
  package var model: ModelName?
  /// Of a closing: which model the vendor says has answered, where that is not the name it was asked by.
  package var servedModel: ModelName?
  /// De-identified by which profile.
  package var profile: ConfiguredName?
  /// What was decided.
  package var decision: Decision?
  /// By which policies, with a plus between them.
  package var policy: ConfiguredName?
  /// Of which version of the set of policies.
  package var policySet: Digest?
  /// By which agreement of two people that set is in force; `unsigned` when nobody has adopted it.
  package var policyAdoption: ConfiguredName?
  /// What the policies were told beside what stands in the entry: roles, classes of data, confidentiality, consents and
  /// circumstances, with a colon between them.
  package var policyFacts: ConfiguredName?
  /// Of a request that may go: which policies keep the identifiers of its answer back, or the rule by which nothing lets
  /// them be shown.
  package var policyWithheld: ConfiguredName?
  /// By which rule.
  package var rule: ConfiguredName?
  /// Of a closing: how the request ended.
  package var outcome: Outcome?
  /// Of an administrative act: what it was done to, such as a key, a proposal or a token.
  package var object: ConfiguredName?
  /// Of a change of stored data: the code of what was there; nil when nothing was.
  ///
  /// It is SHA-256 of what nobody can guess, else an HMAC under a key of the vault.
  package var before: Digest?
  /// Of a change of stored data: the code of what is there now; nil when nothing is.
  package var after: Digest?
  /// Of a deletion: how what is gone was removed.
  package var method: DisposalMethod?
  /// Of an administrative act: who did it or approved it.
  package var people: [Pseudonym] = []
  /// How many identifiers of each kind were found.
  package var identifiers: [Identifier: Int] = [:]
  /// Of a closing: how many identifiers of each kind the caller was given back.
  package var restored: [Identifier: Int] = [:]
  /// How many values the caller knew of the people in the request; nil when it handed over none.
  package var knownIdentifiers: Int?
  /// How many fields were outside of the use case's contract; nil when it has none.
  package var fieldsDropped: Int?
  /// How many elements of FHIR resources went along, and how many did not; nil when the contract names none.
  package var elementsShared: Int?
  package var elementsDropped: Int?
  /// How many requests of a batch were handed over, or how many of its results the caller was given.
  package var lines: Int?
  /// Of refusals that share an entry: how many requests were refused so; nil for one.
  package var requests: Int?
  /// How many tokens the vendor counted in the prompt.
  package var promptTokens: Int?
  /// How many tokens the vendor counted in the completion.
  package var completionTokens: Int?
  /// How long each stage took, in microseconds.
  package var microseconds: [Stage: Int] = [:]
  /// The HTTP status of the answer.
  package var status: Int?
  /// The hash of the ciphertext of what was sent.
  package var sent: Digest?
  /// The hash of the ciphertext of what came back.
  package var received: Digest?
  /// By what the entry is found again: values of its subjects under their own tag keys.
  package var tags: [Digest] = []
  /// The digests of the blobs that belong to it.
  package var blobs: [Digest] = []
  /// Of a recovery: how many bytes were cut off.
  package var bytesDropped: Int?
  /// Of a filling disk: how many bytes were free.
  package var bytesFree: Int?
  /// Of a stepped clock: by how many milliseconds, negative when it was set back.
  package var clockStep: Int?
  /// Of a refusing log: the system's number of the error.
  package var errorNumber: Int?

  /// An entry with nothing but what happened and when.
  package init(_ event: Event, at time: Timestamp, request: RequestID? = nil) {
    self.event = event
    self.time = time
    self.request = request
  }
}

/// How stored data were removed, in the terms of NIST SP 800-88, second revision.
package enum DisposalMethod: String, Hashable, Sendable, CaseIterable {
  /// Purge by cryptographic erase: the only key to them was destroyed.
  case cryptographicErase = "cryptographic_erase"
  /// Clear by overwriting.
  case overwrite
  /// Their name was removed: no sanitisation.
  case unlink
}

/// A stage of a request whose time is recorded.
package enum Stage: String, Hashable, Sendable, CaseIterable {
  case detection
  case deidentification
  case firstByte = "first_byte"
  case vendor
  case restoration
  case total
}
