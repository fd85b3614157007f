import Ciphers
import Ledger

/// Writes the backups of a data directory.
///
/// A backup of the data holds the log up to the moment of writing, the stores without the keys of subjects, and the
/// configuration. It holds no key: who opens it reads what the log says publicly and nothing that is sealed. The keys go
/// into an escrow, a file of its own for other people to keep: so a key that was destroyed stays destroyed when data are
/// restored from before.
///
/// Both may be written while the gateway runs.
package struct Backup: Sendable {
  private static let checkpoint = "log/checkpoint"
  /// The key that the log is checked with, and what witnesses said of it.
  private static let small = ["keys/log.vkey", "log/cosigned", "log/witnesses"]
  /// The kill switch of the vault, when it is on.
  static let lock = "vault/locked"
  /// What people decided: agreements, safeguards, what is stopped, and the states that these and configurations had.
  private static let decisions = ["agreements.yaml", "safeguards.yaml"]
  private static let decisionFolders = ["agreements", "configurations", "kill"]
  private static let derived: Set<String> = ["index.sqlite", "log/index.sqlite"]

  private let data: LocalDirectory

  /// The backups of a data directory.
  package init(data: String) { self.data = LocalDirectory(data) }

  /// Writes a backup of the data to a new file, which has no name until it is published.
  package func write(
    to target: String, for recipients: borrowing Recipients, configuration: [UInt8]?, at time: Int64,
    using generator: inout some RandomNumberGenerator
  ) throws(BackupError) -> WrittenArchive {
    // The checkpoint is read before the segments' lengths: what it covers is in them.
    let note = try content(Backup.checkpoint)
    var besides: [(String, [UInt8])] = []
    for name in Backup.small { if let content = try content(name) { besides.append((name, content)) } }
    let segments = try data.files(below: "log/segments")
    guard let note, let log = Manifest.Log(note: note), !segments.isEmpty else { throw BackupError(.missing) }
    var manifest = Manifest(kind: .data, made: time, log: log)
    let staging = try Staging(beside: target)
    let stores = try storeNames()
    if stores.contains(StoreCopy.vault) { manifest.vault = try StoreCopy.vaultID(in: data.file(StoreCopy.vault)) }
    do throws(BackupError) {
      var archive = try ArchiveFile(at: target, for: recipients, manifest, using: &generator)
      try archive.add(Backup.checkpoint, note)
      for (name, content) in besides { try archive.add(name, content) }
      for name in segments { try archive.add(name, from: data.file(name)) }
      for name in try data.files(below: "log/blobs") { try archive.add(name, from: data.file(name)) }
      for name in stores {
        let copy = staging.file("store.sqlite")
        try StoreCopy.copy(
          data.file(name), to: copy, without: name == StoreCopy.vault ? StoreCopy.keyTable : nil)
        archive.count(try StoreCopy.counts(of: copy, named: name))
        try archive.add(name, from: copy)
        try staging.empty()
      }
      if let marker = try content(Backup.lock) { try archive.add(Backup.lock, marker) }
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

  /// The SQLite stores of the data directory, but for those that can be derived again.
  private func storeNames() throws(BackupError) -> [String] {
    try data.files().filter { $0.hasSuffix(".sqlite") && !Backup.derived.contains($0) && ArchiveName($0) != nil }
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

  private func content(_ name: String) throws(BackupError) -> [UInt8]? {
    guard let file = try LocalFile(reading: data.file(name)) else { return nil }
    return try file.read(1 << 16, at: 0)
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

extension Manifest.Log {
  /// What the note of a published checkpoint says.
  init?(note: [UInt8]) {
    guard let end = note.indices.first(where: { note[$0...].starts(with: [0x0A, 0x0A]) }),
      let checkpoint = Checkpoint(text: Array(note[...end]))
    else { return nil }
    self.init(size: checkpoint.size, root: checkpoint.root)
  }
}
