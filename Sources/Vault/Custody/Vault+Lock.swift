import Bytes
import Ciphers
import GRDB
import Storage
import Synchronization

// The kill switch: a file. Anybody who can write to the data directory can turn it on, also when the database or the
// provider is out of order; turning it off through the vault takes two people. Its file is looked at on every use, so
// that a lock by one process stops all. Whoever may delete files can delete it, too: what it protects against is a
// process that goes on, not a person who owns the machine.
//
// Each lock has an id, and two people agree to take off the lock of this id: what they signed is not good for the next.
extension Vault {
  /// Turns the kill switch on: everything that needs a key fails from now on, and the keys in memory are wiped.
  ///
  /// It takes one person. The event is lost when the database is out of order; the lock is not.
  @discardableResult
  package func lock(by person: String) async -> (locked: Bool, event: VaultEvent?) {
    // The switch may be on already: what tells of it is unwrapped all the same.
    let identity = try? await unlockedBox(.identity)
    let evidence = try? await unlockedBox(.evidence)
    let pseudonym = identity.map { Vault.pseudonym(of: person, $0) }
    let locked = (try? Vault.lock(folder)) != nil
    forget()
    guard let evidence else { return (locked, nil) }
    let event = lockEvent(by: pseudonym)
    try? tell(event, evidence)
    return (locked, event)
  }

  private func lockEvent(by pseudonym: String?) -> VaultEvent {
    var event = event(.vaultLocked, object: nil, people: pseudonym.map { [$0] } ?? [])
    event.change = StoredChange(to: markerDigest())
    return event
  }

  private func unlockEvent(_ approval: String, by people: [String]) -> VaultEvent {
    var event = event(.vaultUnlocked, object: approval, people: people)
    event.change = StoredChange(from: markerDigest(), by: .unlink)
    return event
  }

  /// The hash of the marker, which holds random digits when the vault made it.
  private func markerDigest() -> Digest? {
    ((try? folder.content(of: Vault.markerName)) ?? nil).map { Digest(hashing: $0.span) }
  }

  /// Turns the kill switch on without opening anything.
  package static func lock(data: String) throws(VaultError) {
    let folder = Folder("\(data)/vault")
    try folder.create()
    try lock(folder)
  }

  /// Whether the kill switch is on.
  package var isLocked: Bool { (try? folder.contains(Vault.markerName)) ?? true }

  /// Whether the kill switch of a data directory is on.
  package static func isLocked(data: String) -> Bool {
    (try? Folder("\(data)/vault").contains(markerName)) ?? true
  }

  /// The id of the lock that is on, as the object of a proposal to take it off; nil when none is.
  ///
  /// It is 32 hexadecimal digits of the hash of the marker, which holds random digits when the vault made it; any other
  /// marker counts as well.
  package func lockID() throws(VaultError) -> String? {
    try folder.content(of: Vault.markerName).map { Hex.encode(Array(Digest(hashing: $0.span).bytes.prefix(16))) }
  }

  /// Throws unless the lock of this id is on.
  func checkLock(_ id: String) throws(VaultError) {
    guard let present = try lockID() else { throw VaultError(.notLocked) }
    guard present == id else { throw VaultError(.proposal(.changed)) }
  }

  /// Turns the kill switch off, by two people who agreed to take off the lock that is on.
  package func unlock(_ approval: consuming Approval) async throws(VaultError) -> VaultEvent {
    let approval = try approval.spent(on: .unlock)
    let evidence = try await unlockedBox(.evidence)
    let event = unlockEvent(approval.id, by: approval.people)
    let (id, lock) = (approval.id, approval.proposal.object)
    // Nobody locks between the look at the marker and its end.
    try folder.alone(Vault.markerName) { () throws(VaultError) in
      try checkLock(lock)
      try change(evidence) { database in
        try finish(id, evidence, database)
        try Outbox.put(event, evidence, database)
      }
      try folder.remove(Vault.markerName)
    }
    return event
  }

  /// Wipes every key in memory.
  package func forget() {
    cache.withLock { cache in
      cache.tenant.removeAll()
      cache.secrets.removeAll()
      cache.subjects.removeAll()
    }
  }

  /// Throws `locked`, and wipes the keys in memory, when the kill switch is on or cannot be looked at.
  func checkUnlocked() throws(VaultError) {
    let isOn: Bool
    do throws(VaultError) {
      isOn = try folder.contains(Vault.markerName)
    } catch {
      isOn = true
    }
    if isOn && !Vault.isDecidingUnlock {
      forget()
      throw VaultError(.locked)
    }
    let epoch = try folder.stamp(of: Vault.epochName)
    let isOld = cache.withLock { cache in
      defer { cache.epoch = epoch }
      return cache.epoch != epoch
    }
    if isOld { forget() }
  }

  /// Makes every process drop the keys that it has in memory before it uses one again.
  func beginEpoch() throws(VaultError) {
    var random = SystemRandomNumberGenerator()
    try folder.replace(Vault.epochName, with: Array("\(Hex.encode([UInt8](randomCount: 16, using: &random)))\n".utf8))
  }

  /// A secret for deciding on proposals while the vault is locked; nothing of it stays in memory.
  func unlockedBox(_ name: TenantSecret) async throws(VaultError) -> SecretBox {
    let outcome: Result<SecretBox, VaultError> = await Vault.$isDecidingUnlock.withValue(true) {
      do throws(VaultError) {
        return .success(try await box(name))
      } catch {
        return .failure(error)
      }
    }
    if isLocked { forget() }
    return try outcome.get()
  }

  /// Whether this task decides about the lock itself: only then is a key unwrapped while the vault is locked.
  @TaskLocal static var isDecidingUnlock = false

  private static func lock(_ folder: Folder) throws(VaultError) {
    do throws(VaultError) {
      try folder.alone(markerName) { () throws(VaultError) in try mark(folder) }
    } catch {
      // A lock that has to wait for its turn in vain is made out of turn.
      try mark(folder)
    }
  }

  private static func mark(_ folder: Folder) throws(VaultError) {
    guard try !folder.contains(markerName) else { return }
    var random = SystemRandomNumberGenerator()
    let id = Hex.encode([UInt8](randomCount: 16, using: &random))
    do throws(VaultError) {
      try folder.replace(markerName, with: Array("locked \(id) \(Moment.now())\n".utf8))
    } catch {
      // A full disk has room for a name.
      try folder.touch(markerName)
    }
  }
}
