/// What an entry records.
package enum Event: String, Hashable, Sendable, CaseIterable {
  /// The gateway began to serve.
  case serverStarted = "server.started"
  /// The gateway ended in order.
  case serverStopped = "server.stopped"
  /// A request was let through; nothing of it has left yet.
  case requestOpened = "request.opened"
  /// The answer to an opened request is ready to be released, or the request failed.
  case requestClosed = "request.closed"
  /// A request was refused; nothing of it left.
  case requestRefused = "request.refused"
  /// A key was made: of a caller, or in the vault.
  case keyCreated = "key.created"
  /// A key has a new version; older versions open what they sealed.
  case keyRotated = "key.rotated"
  /// A key may not be used until it is enabled again.
  case keyDisabled = "key.disabled"
  /// A key that was disabled may be used again.
  case keyEnabled = "key.enabled"
  /// A key will be destroyed when its waiting period ends.
  case keyDestructionScheduled = "key.destruction_scheduled"
  /// A scheduled destruction was called off.
  case keyDestructionCancelled = "key.destruction_cancelled"
  /// A key was destroyed: what it sealed cannot be read again.
  case keyDestroyed = "key.destroyed"
  /// A key left the vault, wrapped for somebody else.
  case keyExported = "key.exported"
  /// The file of the root keys was sealed with another passphrase.
  case keyFileSealed = "key.file_sealed"
  /// The vault was made, with its first keys and custodians.
  case vaultCreated = "vault.created"
  /// The vault was opened.
  case vaultOpened = "vault.opened"
  /// The vault was locked by hand: it gives out no key.
  case vaultLocked = "vault.locked"
  /// The vault was unlocked by hand.
  case vaultUnlocked = "vault.unlocked"
  /// A key provider stopped answering.
  case providerLost = "provider.lost"
  /// A key provider answers again.
  case providerRecovered = "provider.recovered"
  /// A person was taken in among those who decide about keys.
  case custodianAdded = "custodian.added"
  /// A person decides about keys no more.
  case custodianRemoved = "custodian.removed"
  /// A person who decides about keys has other roles.
  case custodianChanged = "custodian.changed"
  /// Somebody proposed an act that needs two people.
  case proposalMade = "proposal.made"
  /// A second person approved a proposal.
  case proposalApproved = "proposal.approved"
  /// A second person refused a proposal.
  case proposalRefused = "proposal.refused"
  /// A subject was given a key.
  case subjectCreated = "subject.created"
  /// A subject's key was destroyed: the parts sealed under it cannot be read, and its tags mean nothing.
  case subjectShredded = "subject.shredded"
  /// The announced destruction of a subject's key was taken back: it is used again.
  case subjectResumed = "subject.resumed"
  /// Nothing of a subject may be destroyed from now on.
  case holdPlaced = "hold.placed"
  /// A hold ended.
  case holdReleased = "hold.released"
  /// One token was turned back into its value.
  case tokenRevealed = "token.revealed"
  /// A token was not turned back.
  case tokenRefused = "token.refused"
  /// Many tokens were turned back.
  case tokensRevealed = "tokens.revealed"
  /// Tokens for values were put into a scope, or will be.
  case tokensIssued = "tokens.issued"
  /// The rows of a scope of tokens were deleted.
  case tokensDisposed = "tokens.disposed"
  /// A backup was written.
  case backupMade = "backup.made"
  /// A backup took the place of the data, and was proved whole.
  case restoreCompleted = "restore.completed"
  /// A backup was proved whole, and changed nothing.
  case restoreDrilled = "restore.drilled"
  /// The configuration in force changed.
  case configurationLoaded = "configuration.loaded"
  /// A configuration was read and is not good: the one in force stays.
  case configurationRefused = "configuration.refused"
  /// How much may be asked for in a time changed; the object names the limit, what it was and what it is.
  case limitChanged = "limit.changed"
  /// A vendor answers for a model's name by another model than before.
  case modelChanged = "model.changed"
  /// What is agreed with a vendor changed in the registry of agreements.
  case agreementsChanged = "agreements.changed"
  /// What was decided about a safeguard of the Security Rule changed.
  case safeguardDecided = "safeguard.decided"
  /// Everything for a vendor, a model or a use case was stopped by hand.
  case trafficStopped = "traffic.stopped"
  /// What was stopped by hand may go on.
  case trafficResumed = "traffic.resumed"
  /// Somebody declared an emergency: what can wait does, the rest has one more vendor.
  case emergencyBegun = "emergency.begun"
  /// The emergency is over.
  case emergencyEnded = "emergency.ended"
  /// The log was opened after an end without closing: what was cut off was never acknowledged.
  case logRecovered = "log.recovered"
  /// The log refused entries from here on until it was opened again.
  case logRefusing = "log.refusing"
  /// Entries left the log for another system.
  case logExported = "log.exported"
  /// Somebody read the log.
  case logRead = "log.read"
  /// What is derived from the log was derived anew.
  case logRebuilt = "log.rebuilt"
  /// The list of the log's witnesses, or what they cosigned, is another.
  case witnessesChanged = "witnesses.changed"
  /// A peer and the gateway agreed on a TLS session; the object names protocol and cipher suite.
  case tlsOpened = "tls.opened"
  /// Something that was sealed was opened for somebody.
  case dataDecrypted = "data.decrypted"
  /// What was opened is no longer held in the clear; the entry says for how long it was.
  case dataWiped = "data.wiped"
  /// The primitives met their known answers before the gateway began to serve; the object names the module.
  case cryptographyTested = "cryptography.tested"
  /// Something happened that people should look at; the rule says what.
  case alertRaised = "alert.raised"
  /// What the tokens stand for in something that a vendor keeps was sealed; the rule says until when.
  case mapKept = "map.kept"
  /// Such a map was deleted because somebody wanted it.
  case mapDeleted = "map.deleted"
  /// Such a map was deleted because its time was over, or the key of somebody in it was destroyed.
  case mapExpired = "map.expired"
  /// Evidence was written for an auditor.
  case evidenceMade = "evidence.made"
  /// The system's clock was set back, or jumped ahead.
  case clockStepped = "clock.stepped"
  /// The disk of the log has little room left.
  case diskFilling = "disk.filling"
  /// A checkpoint of another replica's log was taken into this one.
  case shardCheckpoint = "shard.checkpoint"
  /// Another replica's log, or the root log, is not what it was: nothing was taken in.
  case shardRefused = "shard.refused"
  /// A shard says where the root log stood that records it.
  case rootCheckpoint = "root.checkpoint"
  /// An application asked what the policies decide; the object is the action, where it asked about one.
  case accessDecided = "access.decided"
  /// Two people have had another set of policies in force from now on.
  case policyAdopted = "policy.adopted"
  /// A patient's authorization or restriction was put into the register of consents.
  case consentRecorded = "consent.recorded"
  /// One of them was revoked, or is over for another reason.
  case consentEnded = "consent.ended"
  /// Somebody read what the register has of a patient.
  case consentRead = "consent.read"
  /// An officer took the register of consents as it is, though it is not what the log says of it.
  case consentSettled = "consent.settled"
  /// The root log was taken as it is, though it is not what it was: what it said before is given up.
  case rootGivenUp = "root.given_up"
  /// A shard was taken as it is, though it is not what it was: what the root log recorded of it before is given up.
  case shardGivenUp = "shard.given_up"
  /// A configuration grants something that the one before did not, or that had ended.
  case grantGiven = "grant.given"
  /// A configuration grants something no more, or its last day is over.
  case grantEnded = "grant.ended"
  /// Something that is granted was not used for so long that it should be removed; the approval is the proposal's name.
  case grantRemovalProposed = "grant.removal_proposed"
  /// Something that the configuration grants was taken away.
  case grantRemoved = "grant.removed"
  /// Something that was taken away is granted again.
  case grantRestored = "grant.restored"
  /// Somebody takes what is granted after a restore as granted, whatever was removed since the backup was made.
  case grantSettled = "grant.settled"
}

/// What the policy said about a request.
package enum Decision: String, Hashable, Sendable, CaseIterable {
  case allow
  case deny
}

/// How an opened request ended.
package enum Outcome: String, Hashable, Sendable, CaseIterable {
  /// The vendor's answer was whole, and was released.
  case completed
  /// The vendor gave no answer, or one that was not fit to be passed on.
  case vendorFailed = "vendor_failed"
  /// The client went away before the end of the answer.
  case clientDisconnected = "client_disconnected"
  /// The answer was not released to its end: the vault was locked or lost, or what had allowed it ended.
  case withheld
}
