import Bytes
import Ciphers
import GRDB
import Storage
import Synchronization

// The kill switch: a file. Anybody who can write to the data directory can turn it on, also when the database or the
// provider is out of order; turning it off through the vault takes two people. Its file is looked at on every use, so
// that a lock by one process stops all. Whoever may delete files can delete it, too: what it protects against is a
// process that goes on, not a person who owns the machine.
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
    let event = event(.vaultLocked, object: nil, people: pseudonym.map { [$0] } ?? [])
    _ = try? Vault.stored { try store.write { try Outbox.put(event, evidence, $0) } }
    return (locked, event)
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

  /// Turns the kill switch off, by two people.
  package func unlock(_ approval: consuming Approval) async throws(VaultError) -> VaultEvent {
    try approval.check(.unlock, object: "vault")
    let evidence = try await unlockedBox(.evidence)
    let event = event(.vaultUnlocked, object: approval.id, people: approval.people)
    let id = approval.id
    try Vault.stored {
      try store.write { database in
        try Vault.finish(id, at: clock(), database)
        try Outbox.put(event, evidence, database)
      }
    }
    try folder.remove(Vault.markerName)
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
    guard try !folder.contains(markerName) else { return }
    try folder.replace(markerName, with: Array("locked \(Moment.now())\n".utf8))
  }
}
