import Bytes
import Ciphers

/// Something that the vault did or is about to do, for the log.
///
/// It names people by pseudonym and objects by id; there is nothing secret or personal in it.
package struct VaultEvent: Hashable, Sendable {
  /// What happened; the raw values are the log's names of events.
  package enum Name: String, Hashable, Sendable, CaseIterable {
    case vaultOpened = "vault.opened"
    case vaultLocked = "vault.locked"
    case vaultUnlocked = "vault.unlocked"
    case keyCreated = "key.created"
    case keyRotated = "key.rotated"
    case keyDisabled = "key.disabled"
    case keyEnabled = "key.enabled"
    case keyDestructionScheduled = "key.destruction_scheduled"
    case keyDestructionCancelled = "key.destruction_cancelled"
    case keyDestroyed = "key.destroyed"
    case keyExported = "key.exported"
    case keyFileSealed = "key.file_sealed"
    case custodianAdded = "custodian.added"
    case custodianRemoved = "custodian.removed"
    case custodianChanged = "custodian.changed"
    case proposalMade = "proposal.made"
    case proposalApproved = "proposal.approved"
    case proposalRefused = "proposal.refused"
    case subjectCreated = "subject.created"
    case subjectShredded = "subject.shredded"
    case subjectResumed = "subject.resumed"
    case holdPlaced = "hold.placed"
    case holdReleased = "hold.released"
    case tokenRevealed = "token.revealed"
    case tokenRefused = "token.refused"
    case tokensRevealed = "tokens.revealed"
    case backupMade = "backup.made"
    case restoreCompleted = "restore.completed"
    case restoreDrilled = "restore.drilled"
    case logExported = "log.exported"
    case logRead = "log.read"
    case agreementsChanged = "agreements.changed"
    case safeguardDecided = "safeguard.decided"
    case trafficStopped = "traffic.stopped"
    case trafficResumed = "traffic.resumed"
    case emergencyBegun = "emergency.begun"
    case emergencyEnded = "emergency.ended"
    case grantRemoved = "grant.removed"
    case grantRestored = "grant.restored"
    case grantSettled = "grant.settled"
    case tokensIssued = "tokens.issued"
    case tokensDisposed = "tokens.disposed"
    case vaultCreated = "vault.created"
    case witnessesChanged = "witnesses.changed"
    case logRebuilt = "log.rebuilt"
    case dataDecrypted = "data.decrypted"
    case dataWiped = "data.wiped"
    case evidenceMade = "evidence.made"
    case rootGivenUp = "root.given_up"
    case mapDeleted = "map.deleted"
    case policyAdopted = "policy.adopted"
    case consentRecorded = "consent.recorded"
    case consentEnded = "consent.ended"
    case consentRead = "consent.read"
    case consentSettled = "consent.settled"
  }

  /// Whether it is announced or done.
  package enum Phase: String, Hashable, Sendable {
    /// It will be done once this is in the log.
    case intent
    case done
  }

  /// What happened.
  package let name: Name
  /// Whether it has happened.
  package let phase: Phase
  /// What it happened to: a key id, a proposal's id, a subject's tag.
  package let object: String?
  /// The pseudonyms of who acted and who agreed.
  package let people: [String]
  /// What else there is to say when it is about tokens.
  package let token: TokenAct?
  /// What became of what is stored.
  package var change = StoredChange()
  /// The proposal by which two people agreed to it, where the event is about something else.
  package var approval: String?
  /// Why, in the words of those people.
  package var reason: String?
  /// When, by the clock of the vault.
  package let time: Moment
  /// What tells it from every other, so that it is recorded once even when it is handed over twice.
  package let id: String

  init(
    _ name: Name, _ phase: Phase = .done, object: String?, people: [String] = [], token: TokenAct? = nil,
    at time: Moment, id: String
  ) {
    self.name = name
    self.phase = phase
    self.object = object
    self.people = people
    self.token = token
    self.time = time
    self.id = id
  }
}

extension VaultEvent {
  /// The event as compact JSON.
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    let texts = [
      ("before", change.before?.description), ("after", change.after?.description),
      ("method", change.method?.rawValue), ("approval", approval), ("reason", reason),
    ]
    let changed = texts.compactMap { name, text in text.map { JSONMember(name, .string($0)) } }
    let about = changed + (token.map { [JSONMember("token", $0.json)] } ?? [])
    JSONValue.object(
      [
        JSONMember("id", .string(id)), JSONMember("event", .string(name.rawValue)),
        JSONMember("phase", .string(phase.rawValue)), JSONMember("object", object.map { .string($0) } ?? .null),
        JSONMember("people", .array(people.map { .string($0) })),
        JSONMember("time", .number(String(time.milliseconds))),
      ] + about
    ).write(into: &bytes)
    return bytes
  }

  /// The event that the JSON is; nil when it is none.
  init?(_ bytes: [UInt8]) {
    guard let json = try? JSONValue(parsing: bytes), let id = json["id"]?.string,
      let name = json["event"]?.string.flatMap(Name.init(rawValue:)),
      let phase = json["phase"]?.string.flatMap(Phase.init(rawValue:)), let people = json["people"]?.array,
      let time = json["time"]?.integer
    else { return nil }
    let about = json["token"]
    let token = about.flatMap(TokenAct.init)
    guard (token == nil) == (about == nil) else { return nil }
    self.init(
      name, phase, object: json["object"]?.string, people: people.compactMap(\.string), token: token,
      at: Moment(milliseconds: Int64(time)), id: id)
    change = StoredChange(
      from: json["before"]?.string.flatMap { Digest(hexadecimal: $0) },
      to: json["after"]?.string.flatMap { Digest(hexadecimal: $0) },
      by: json["method"]?.string.flatMap(StoredChange.Method.init(rawValue:)))
    (approval, reason) = (json["approval"]?.string, json["reason"]?.string)
  }
}
