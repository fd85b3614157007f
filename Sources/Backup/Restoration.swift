import Bytes
package import Ciphers
package import Ledger

/// A backup in the course of being restored, in a directory beside the one that it will be.
///
/// Nothing has the final name before everything is proved; what was not completed is removed.
package struct Restoration: ~Copyable {
  /// What a restore was found to hold.
  package struct Proof: Hashable, Sendable {
    /// What the check of the log of a single gateway found; nil where several replicas have always written.
    package let log: Verification?
    /// What the check of the shards and the root log of several replicas found; nil where there is one gateway.
    package let shards: ShardedVerification?
    /// Subjects whose keys may be used.
    package let subjects: Int
    /// Subjects whose keys were destroyed, before the backup or since.
    package let destroyed: Int
    /// Subjects whose keys are in no escrow that was given, such as those made after it: what is sealed for them stays
    /// sealed.
    package let withoutKey: Int
    /// Tokens that stand for values in texts; without an escrow none can be turned back.
    package let tokens: Int
    /// Keys that the escrow held and that the log says were destroyed.
    package let destroyedAgain: Int
    /// The shards that are restored as they are though nothing proves them, as whoever restores accepted; what was found
    /// wrong with them is among the faults of `shards`.
    package var unproved: [ReplicaName] = []
  }

  /// What an escrow may be all the same, where whoever restores says so.
  package struct Lenience: OptionSet, Sendable {
    /// Which of them, as bits.
    package let rawValue: Int

    /// Those of these bits.
    package init(rawValue: Int) { self.rawValue = rawValue }

    /// The log of the backup does not say that it was made: it is newer than the backup.
    package static let unrecorded = Lenience(rawValue: 1)
    /// It lacks keys of subjects that are older than it: they were lost before it was made.
    package static let incomplete = Lenience(rawValue: 2)
  }

  /// Where the kill switch is while keys are proved, which it would refuse.
  private static let heldLock = "vault/locked.held"
  /// What makes the vault look in the logs for the events that it has not seen in one: they may be in the archive's.
  private static let taken = "vault/outbox.taken"
  static let escrowedKeys = "vault/subject-keys.sqlite"

  /// What the archive holds.
  package let manifest: Manifest
  /// The SHA-256 digest of the backup's file.
  package let digest: Digest
  /// The tags of the subjects whose keys the log says were destroyed; `complete` destroys those keys that are there.
  ///
  /// Whoever can open the vault destroys them through it before, so that the log hears of it.
  package let shreds: [Digest]
  /// What all logs of the backup are checked with: what was given, or what the archive has, which only its vault proves.
  package let key: VerifierKey?
  /// Whether the vault was locked when it was backed up: it is again when the restore is complete.
  package let isLocked: Bool
  private let accepted: Set<ReplicaName>
  private let target: String
  private let directory: LocalDirectory
  private var hasEscrow = false
  private var destroyedAgain = 0

  /// Where the files are until the restore is complete.
  package var path: String { directory.path }

  /// Unpacks a backup of data beside `target`, which nothing may have as its name.
  ///
  /// Its logs are read with `key`, that of the log or of the root log, or with the one in the archive: who could write
  /// another archive could put another key into it. The shards in `accepted` are taken whatever is wrong with them.
  package init(
    of archive: String, with decryptor: consuming AgeDecryptor, into target: String, key: VerifierKey? = nil,
    accepting accepted: Set<ReplicaName> = []
  ) throws(BackupError) {
    guard !LocalDirectory.exists(target) else { throw BackupError(.exists, name: target) }
    let directory = LocalDirectory("\(target).partial")
    try directory.create()
    (manifest, digest, self.key, shreds) = try Restoration.unpack(
      archive, with: decryptor, into: directory, key, accepting: accepted)
    self.accepted = accepted
    isLocked = manifest.files.contains { $0.name == Backup.lock }
    self.target = target
    self.directory = directory
  }

  // After `complete` there is nothing under the temporary name.
  deinit { directory.remove() }

  /// Puts back the keys of an escrow, but for those that were destroyed.
  ///
  /// Whoever knows to whom an escrow is encrypted can write another, without a key or with an old one: it has to be one
  /// that the log of the backup says was made, and to have the key of every subject that is older than it.
  package mutating func add(
    escrow archive: String, with decryptor: consuming AgeDecryptor, allowing lenience: Lenience = []
  ) throws(BackupError) {
    let unpacked = LocalDirectory(directory.file("escrow.partial"))
    try unpacked.create()
    let manifest: Manifest
    let restored: Int
    do throws(BackupError) {
      let digest: Digest
      (manifest, digest) = try Unpacking.unpack(archive, with: decryptor, into: unpacked)
      guard manifest.kind == .escrow else { throw BackupError(.malformed) }
      guard manifest.vault == self.manifest.vault else { throw BackupError(.otherVault) }
      if manifest.vault != nil, !lenience.contains(.unrecorded) {
        let logs = try RestoredLogs(self.manifest, in: directory, key, accepting: accepted)
        guard try logs.sayExported(digest) else { throw BackupError(.unrecordedEscrow) }
      }
      let keys = unpacked.file(Restoration.escrowedKeys)
      if manifest.vault != nil {
        guard try StoreCopy.isWhole(keys) else { throw BackupError(.store, name: Restoration.escrowedKeys) }
        restored = try StoreCopy.restoreKeys(
          from: keys, into: directory.file(StoreCopy.vault), without: shreds)
        let missing = try StoreCopy.keyless(
          in: directory.file(StoreCopy.vault), before: manifest.made / 86_400_000, destroyed: shreds)
        guard missing == 0 || lenience.contains(.incomplete) else {
          throw BackupError(.incompleteEscrow, number: Int32(clamping: missing))
        }
      } else {
        restored = 0
      }
      for file in manifest.files where file.name.hasSuffix(".key") {
        guard let name = ArchiveName(file.name) else { throw BackupError(.malformed) }
        for inside in name.directories { try directory.createInside(inside) }
        try LocalDirectory.move(unpacked.file(file.name), to: directory.file(file.name))
      }
    } catch {
      unpacked.remove()
      throw error
    }
    unpacked.remove()
    hasEscrow = true
    destroyedAgain = manifest.rows(of: StoreCopy.keyTable) - restored
  }

  /// Proves the log, the stores and the keys.
  package mutating func prove() throws(BackupError) -> Proof {
    guard manifest.log != nil || manifest.rootLog != nil else { throw BackupError(.log) }
    let sharded = try manifest.rootLog.map { root throws(BackupError) in try shards(root) }
    let verification = try manifest.log.map { log throws(BackupError) in try self.log(log) }
    for name in Set(manifest.counts.map(\.store)) {
      let path = directory.file(name)
      guard try StoreCopy.isWhole(path) else { throw BackupError(.store, name: name) }
      let listed = manifest.counts.filter { $0.store == name && !isOfKeys($0) }
      let found = try StoreCopy.counts(of: path, named: name).filter { !isOfKeys($0) }
      guard listed == found else { throw BackupError(.store, name: name) }
    }
    let unproved = Set(sharded?.faults.compactMap(\.replica) ?? []).union(manifest.unproved).sorted()
    guard manifest.vault != nil else {
      return Proof(
        log: verification, shards: sharded, subjects: 0, destroyed: 0, withoutKey: 0, tokens: 0, destroyedAgain: 0,
        unproved: unproved)
    }
    let subjects = try StoreCopy.subjects(in: directory.file(StoreCopy.vault), destroyed: shreds)
    return Proof(
      log: verification, shards: sharded, subjects: subjects.active, destroyed: subjects.destroyed,
      withoutKey: subjects.withoutKey, tokens: manifest.rows(of: "token"), destroyedAgain: destroyedAgain,
      unproved: unproved)
  }

  /// Gives the directory its final name.
  package consuming func complete() throws(BackupError) {
    // INVARIANT: no directory gets a name with a key in it that the log says was destroyed.
    if manifest.vault != nil { try StoreCopy.destroyKeys(of: shreds, in: directory.file(StoreCopy.vault)) }
    if isLocked { try LocalDirectory.move(directory.file(Restoration.heldLock), to: directory.file(Backup.lock)) }
    try LocalDirectory.move(directory.path, to: target)
  }

  private static func unpack(
    _ archive: String, with decryptor: consuming AgeDecryptor, into directory: LocalDirectory, _ given: VerifierKey?,
    accepting accepted: Set<ReplicaName>
  ) throws(BackupError) -> (Manifest, Digest, VerifierKey?, [Digest]) {
    do throws(BackupError) {
      let (manifest, digest) = try Unpacking.unpack(archive, with: decryptor, into: directory)
      guard manifest.kind == .data else { throw BackupError(.malformed) }
      if manifest.files.contains(where: { $0.name == Backup.lock }) {
        try LocalDirectory.move(directory.file(Backup.lock), to: directory.file(heldLock))
      }
      let key = try RestoredLogs.key(of: manifest, in: directory, given)
      guard manifest.vault != nil else { return (manifest, digest, key, []) }
      try LocalFile(creating: directory.file(taken)).synchronise()
      return (manifest, digest, key, try RestoredLogs(manifest, in: directory, key, accepting: accepted).shreds())
    } catch {
      directory.remove()
      throw error
    }
  }

  private func log(_ listed: Manifest.Log) throws(BackupError) -> Verification {
    let note = manifest.vault == nil ? nil : try StoreCopy.logMark(in: directory.file(StoreCopy.vault))
    let verification: Verification
    do throws(LedgerError) {
      let key = manifest.rootLog == nil ? key : try Custody.verifier(data: directory.path)
      guard let key, key.key == self.key?.key else { throw LedgerError(.invalidKey) }
      let mark = note.flatMap { Checkpoint(note: $0, signedBy: key) }
      guard note == nil || mark != nil else { throw LedgerError(.foreignMark) }
      verification = try AuditLog.verify(data: directory.path, key: key, against: [mark].compactMap(\.self))
    } catch {
      throw BackupError(.ledger(error.code), number: error.number)
    }
    guard verification.isWhole, verification.checkpointSize == listed.size, try published("") == listed else {
      throw BackupError(.log)
    }
    return verification
  }

  /// Proves the root log, every shard by itself and against it, and what the vault and the shards say of it.
  private func shards(_ root: Manifest.Log) throws(BackupError) -> ShardedVerification {
    let path = directory.path
    let mark = manifest.vault == nil ? nil : try StoreCopy.rootMark(in: directory.file(StoreCopy.vault))
    let epochs = manifest.vault == nil ? nil : try StoreCopy.shardEpochs(in: directory.file(StoreCopy.vault))
    guard try published(ShardSnapshots.root) == root else { throw BackupError(.shards, name: "root") }
    if let unproved = manifest.unproved.first(where: { !accepted.contains($0) }) {
      throw BackupError(.unproved, name: "shards/\(unproved)")
    }
    var keys: [ReplicaName: VerifierKey] = [:]
    let verification: ShardedVerification
    do throws(LedgerError) {
      guard let key else { throw LedgerError(.invalidKey) }
      // A shard that was begun a moment before is in no root log yet: its name and key say whose it is.
      for replica in manifest.shards.map(\.replica) + manifest.unproved {
        keys[replica] = VerifierKey(name: "\(key.name)/\(replica)", key: key.key)
      }
      verification = try ShardedLog.verify(
        data: path, rootKey: key, keys: keys,
        witnesses: ShardedVerification.Witnesses(mark: mark, shards: epochs))
    } catch {
      throw BackupError(.ledger(error.code), number: error.number)
    }
    for shard in manifest.shards where !accepted.contains(shard.replica) {
      guard try published(ShardSnapshots.folder(of: shard.replica)) == shard.log else {
        throw BackupError(.shards, name: "shards/\(shard.replica)")
      }
    }
    let faults = verification.faults.filter { fault in fault.replica.map { !accepted.contains($0) } ?? true }
    let listed = (manifest.shards.map(\.replica) + manifest.unproved).sorted()
    guard faults.isEmpty, verification.shards.map(\.replica) == listed else {
      let name = faults.first.map { fault in fault.replica.map { "shards/\($0)" } ?? "root" }
      throw BackupError(.shards, name: name)
    }
    return verification
  }

  /// What the log in a folder of the archive has published.
  private func published(_ folder: String) throws(BackupError) -> Manifest.Log? {
    try LogSnapshot.content("\(folder)log/checkpoint", directory).flatMap { Manifest.Log(note: $0) }
  }

  private func isOfKeys(_ count: Manifest.Count) -> Bool {
    count.store == StoreCopy.vault && count.table == StoreCopy.keyTable
  }
}
