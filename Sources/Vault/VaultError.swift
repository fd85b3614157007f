/// Why the vault refused or failed.
///
/// It carries codes, key ids, times and the system's error number, never a secret, a reference or a passphrase.
package struct VaultError: Error, Hashable, Sendable {
  /// What went wrong.
  package enum Code: Hashable, Sendable {
    /// The kill switch is on: two custodians must unlock.
    case locked
    /// The passphrase does not open the key file, or the file was changed.
    case wrongPassphrase
    /// No passphrase was given.
    case noPassphrase
    /// A key file, a wrapped key or a stored row is not one, or asks for absurd work.
    case malformed
    /// There is no such key.
    case unknownKey
    /// The key is disabled, or waits for its destruction.
    case keyDisabled
    /// The key is destroyed.
    case keyDestroyed
    /// What was wrapped does not unwrap under this key for this context.
    case notAuthentic
    /// The key has encrypted as much as one key may.
    case usedUp
    /// The provider cannot do this.
    case unsupported(KeyCapabilities.Operation)
    /// The provider cannot be reached, or its token was removed; trying again later may work.
    case providerUnavailable
    /// The provider refused: credentials or permission.
    case providerRefused
    /// The provider's answer makes no sense.
    case providerAnswer
    /// There is nothing here, or already something.
    case missing
    case exists
    /// The subject has no key here.
    case unknownSubject
    /// The subject's key was destroyed.
    case shredded
    /// A legal hold keeps it.
    case held
    /// A patient's restriction is in force, which goes with the key and stays until it is terminated (45 CFR 164.522(a)(2)).
    case restricted
    /// Retention keeps it until then.
    case retained(until: Moment)
    /// The waiting period is shorter than it may be, or not over.
    case waiting(until: Moment?)
    /// The person has not the role for this.
    case forbidden
    /// Roles that no person may have together.
    case rolesConflict
    /// A proposal was refused.
    case proposal(ProposalFault)
    /// Fewer people would be left than unlocking takes.
    case tooFewCustodians
    /// What unlocks, proposes and records hangs from the key: it must be rotated first.
    case inUse
    /// The kill switch is off.
    case notLocked
    /// The log has not taken an event without which nothing may happen.
    case unrecorded
    /// What the vault keeps was changed, added to or taken from by somebody without its keys.
    case altered(Record)
    /// The subject's key is not here, and was not destroyed here: made after the escrow that keys were restored from.
    case keyless
    /// The caller has had as many new subjects made as it may.
    case tooManySubjects
    /// The caller has as many maps of what vendors keep as it may.
    case tooMuchKept
    /// A map is kept already for what has this id.
    case keptAlready
    /// The database failed.
    case storage
    /// The system refused an operation on a file.
    case system
  }

  /// Whether something that is stored is not what was stored.
  package var isAboutAlteration: Bool {
    switch code {
    case .malformed, .notAuthentic, .altered: true
    default: false
    }
  }

  /// What the vault keeps under codes.
  package enum Record: String, Hashable, Sendable, CaseIterable {
    case vault
    case subjects
    case subjectKeys = "subject_keys"
    case tenantKeys = "tenant_keys"
    case people
    case proposals
    case holds
    case outbox
    case kept
    case tokens
    case consents
  }

  /// What is wrong with a proposal or with who signed it.
  package enum ProposalFault: String, Hashable, Sendable, CaseIterable {
    case unknown
    case malformed
    case badSignature = "bad_signature"
    case expired
    /// It says that it was made later than now.
    case madeLater = "made_later"
    case notYetApproved = "not_yet_approved"
    case alreadyDone = "already_done"
    case replayed
    case samePerson = "same_person"
    case sameKey = "same_key"
    case wrongRole = "wrong_role"
    case logAdministrator = "log_administrator"
    case changed
  }

  /// What went wrong.
  package let code: Code
  /// With which key.
  package let key: KeyID?
  /// The system's or the provider's error number, or 0.
  package let number: Int64

  /// An error of this kind.
  package init(_ code: Code, key: KeyID? = nil, number: Int64 = 0) {
    self.code = code
    self.key = key
    self.number = number
  }
}

extension VaultError: CustomStringConvertible {
  /// The error in words.
  package var description: String {
    let what = code.words + (number == 0 ? "" : ": error \(number)")
    return key.map { "\(what) (key `\($0)`)" } ?? what
  }
}

extension VaultError.Code {
  fileprivate var words: String {
    switch self {
    case .locked: "the vault is locked"
    case .wrongPassphrase: "the passphrase does not open the key file"
    case .noPassphrase: "there is no passphrase"
    case .malformed: "a stored key is not one"
    case .unknownKey: "there is no such key"
    case .keyDisabled: "the key is disabled"
    case .keyDestroyed: "the key is destroyed"
    case .notAuthentic: "a wrapped key is not authentic"
    case .usedUp: "the key has encrypted as much as one key may"
    case .unsupported(let operation): "the key provider has no `\(operation.rawValue)`"
    case .providerUnavailable: "the key provider cannot be reached"
    case .providerRefused: "the key provider refused"
    case .providerAnswer: "the key provider gave an answer that makes no sense"
    case .missing: "there is nothing of this name"
    case .exists: "there is already something of this name"
    case .unknownSubject: "the subject is not known here"
    case .shredded: "the subject's key was destroyed"
    case .held: "a legal hold keeps it"
    case .restricted: "a restriction in force keeps it: the privacy officer ends that first (45 CFR 164.522(a)(2))"
    case .retained(let until): "retention keeps it until \(until)"
    case .waiting(let until): until.map { "it waits until \($0)" } ?? "the waiting period is too short"
    case .forbidden: "the person's role does not allow it"
    case .rolesConflict: "no person may have these roles together"
    case .proposal(let fault): "the proposal is refused: \(fault.rawValue.split(separator: "_").joined(separator: " "))"
    case .tooFewCustodians: "too few custodians would be left"
    case .inUse: "the key is in use: rotate it first"
    case .notLocked: "the vault is not locked"
    case .unrecorded: "an event is not in the log yet"
    case .altered(let record): "the vault's \(record.words) were changed beside the vault: restore its file"
    case .keyless: "the subject's key is not here, and was not destroyed here"
    case .tooManySubjects: "the caller has had as many new subjects made as it may for now"
    case .keptAlready: "a map is kept already for what the vendor calls so"
    case .tooMuchKept: "the caller has as many maps of what vendors keep as it may"
    case .storage: "the vault's database failed"
    case .system: "a file of the vault could not be read or written"
    }
  }
}

extension VaultError.Record {
  fileprivate var words: String {
    switch self {
    case .vault: "own rows"
    case .subjects: "subjects"
    case .subjectKeys: "keys of subjects"
    case .tenantKeys: "tenant keys"
    case .people: "people"
    case .proposals: "proposals"
    case .holds: "holds"
    case .outbox: "events for the log"
    case .kept: "maps of what vendors keep"
    case .tokens: "tokens"
    case .consents: "consents"
    }
  }
}
