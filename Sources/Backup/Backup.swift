import Ciphers
package import Ledger

/// Writes the backups of a data directory.
///
/// A backup of the data holds the log up to the moment of writing, or the root log and the shards of several replicas, the
/// stores without the keys of subjects, the configuration, and the files of logs that were put aside when two people gave
/// them up. It holds no key: who opens it reads what the log says
/// publicly and nothing that is sealed. The keys go into an escrow, a file of its own for other people to keep: so a key
/// that was destroyed stays destroyed when data are restored from before.
///
/// Both may be written while the gateway runs.
package struct Backup: Sendable {
  /// The kill switch of the vault, when it is on.
  static let lock = "vault/locked"
  /// What people decided: agreements, safeguards, what is stopped, and the states that these and configurations had.
  private static let decisions = ["agreements.yaml", "safeguards.yaml", "emergency", "grants.removed", "grants.given"]
  private static let decisionFolders = ["agreements", "configurations", "kill", "policies"]
  private static let derived: Set<String> = ["index.sqlite", "log/index.sqlite"]
  /// What is there for a time only: a backup of it would bring back what was deleted since.
  private static let passing: Set<String> = ["vault/kept.sqlite"]

  private let data: LocalDirectory

  /// The backups of a data directory.
  package init(data: String) { self.data = LocalDirectory(data) }

  /// Writes a backup of the data to a new file, which has no name until it is published.
  ///
  /// The shards of the replicas in `unproved` are in it as they lie there, and the backup says that nothing proves them.
  package func write(
    to target: String, for recipients: borrowing Recipients, configuration: [UInt8]?,
    unproved: Set<ReplicaName> = [], at time: Int64, using generator: inout some RandomNumberGenerator
  ) throws(BackupError) -> WrittenArchive {
    let isSharded = ShardedLog.isSharded(data.path)
    let hasOwn = try LogSnapshot("", in: data) != nil
    guard hasOwn || isSharded else { throw BackupError(.missing) }
    var manifest = Manifest(kind: .data, made: time)
    let staging = try Staging(beside: target)
    let stores = try storeNames()
    if stores.contains(StoreCopy.vault) { manifest.vault = try StoreCopy.vaultID(in: data.file(StoreCopy.vault)) }
    do throws(BackupError) {
      var archive = try ArchiveFile(at: target, for: recipients, manifest, using: &generator)
      for name in stores {
        let copy = staging.file("store.sqlite")
        do throws(BackupError) {
          try StoreCopy.copy(
            data.file(name), to: copy, without: name == StoreCopy.vault ? StoreCopy.keyTable : nil)
        } catch {
          throw BackupError(error.code, name: name, number: error.number)
        }
        archive.count(try StoreCopy.counts(of: copy, named: name))
        try archive.add(name, from: copy)
        try staging.empty()
      }
      // INVARIANT: the logs are looked at after the stores were copied: what a store says was done, or was recorded, is in
      // the log that comes with it.
      if let own = try LogSnapshot("", in: data) {
        archive.hold(own.log)
        try own.add(to: &archive, from: data)
      }
      if isSharded {
        let logs = try ShardSnapshots(of: data, without: unproved)
        archive.hold(
          logs.root.log, logs.shards.map { Manifest.Shard(replica: $0.replica, log: $0.log.log) },
          unproved: unproved.sorted())
        try logs.root.add(to: &archive, from: data)
        for shard in logs.shards { try shard.log.add(to: &archive, from: data) }
        for replica in unproved.sorted() {
          for name in try ShardSnapshots.files(of: replica, in: data) where !Backup.isPutAside(name) {
            try archive.addIfThere(name, from: data.file(name))
          }
        }
      }
      for name in try putAside() { try archive.add(name, from: data.file(name)) }
      if let marker = try LogSnapshot.content(Backup.lock, data) { try archive.add(Backup.lock, marker) }
      for name in try decisions() { try archive.add(name, from: data.file(name)) }
      if let configuration { try archive.add("cordon.yaml", configuration) }
      return try archive.finish()
    } catch {
      if error.code != .exists { LocalFile.remove("\(target).partial") }
      throw error
    }
  }

  /// Writes an escrow of the keys to a new file, which has no name until it is published.
  package func writeEscrow(
    to target: String, for recipients: borrowing Recipients, at time: Int64,
    using generator: inout some RandomNumberGenerator
  ) throws(BackupError) -> WrittenArchive {
    var manifest = Manifest(kind: .escrow, made: time)
    let staging = try Staging(beside: target)
    let hasVault = LocalDirectory.exists(data.file(StoreCopy.vault))
    if hasVault { manifest.vault = try StoreCopy.vaultID(in: data.file(StoreCopy.vault)) }
    let keys = try data.files().filter { $0.hasSuffix(".key") && ArchiveName($0) != nil }
    guard hasVault || !keys.isEmpty else { throw BackupError(.missing) }
    do throws(BackupError) {
      var archive = try ArchiveFile(at: target, for: recipients, manifest, using: &generator)
      for name in keys { try archive.add(name, from: data.file(name)) }
      if hasVault {
        let copy = staging.file("keys.sqlite")
        try StoreCopy.copyKeys(of: data.file(StoreCopy.vault), to: copy)
        archive.count(try StoreCopy.counts(of: copy, named: Restoration.escrowedKeys))
        try archive.add(Restoration.escrowedKeys, from: copy)
      }
      return try archive.finish()
    } catch {
      if error.code != .exists { LocalFile.remove("\(target).partial") }
      throw error
    }
  }

  /// The SQLite stores of the data directory, but for those that can be derived again or pass.
  private func storeNames() throws(BackupError) -> [String] {
    try data.files().filter { name in
      let isDerived =
        Backup.derived.contains(name)
        || Backup.derived.contains {
          name.hasSuffix("/\($0)") && (name.hasPrefix("shards/") || name.hasPrefix("root/"))
        }
      return name.hasSuffix(".sqlite") && !isDerived && !Backup.isPutAside(name) && !Backup.passing.contains(name)
        && ArchiveName(name) != nil
    }
  }

  /// The files of logs that are damaged and were given up: as they are, because nothing else has what is left of them.
  private func putAside() throws(BackupError) -> [String] {
    try data.files().filter { name in
      Backup.isPutAside(name) && !name.hasSuffix("/index.sqlite") && !name.hasSuffix("/lock")
        && ArchiveName(name) != nil
    }
  }

  private static func isPutAside(_ name: String) -> Bool {
    name.split(separator: "/").contains { part in LogPutAside.isName(part) }
  }

  /// The files of what people decided, without those that are being written.
  private func decisions() throws(BackupError) -> [String] {
    var names = Backup.decisions.filter { LocalDirectory.exists(data.file($0)) }
    for folder in Backup.decisionFolders { names += try data.files(below: folder) }
    return try names.filter { !$0.hasSuffix(".new") && !$0.hasSuffix(".lock") }.map { name throws(BackupError) in
      guard ArchiveName(name) != nil else { throw BackupError(.malformed, name: name) }
      return name
    }
  }
}

/// A directory for copies of stores, removed with its owner.
private struct Staging: ~Copyable {
  private let directory: LocalDirectory

  init(beside target: String) throws(BackupError) {
    directory = LocalDirectory("\(target).staging")
    try directory.create()
  }

  deinit { directory.remove() }

  func file(_ name: String) -> String { directory.file(name) }

  func empty() throws(BackupError) {
    directory.remove()
    try directory.create()
  }
}
