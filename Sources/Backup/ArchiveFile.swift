package import Ciphers
import Ledger

/// Who can open an archive.
package enum Recipients: ~Copyable {
  /// The holders of these keys.
  case keys([AgeRecipient])
  /// Whoever knows the passphrase.
  case passphrase(AgePassphrase)
}

/// An archive in the writing, encrypted as it grows: one age file.
struct ArchiveFile: ~Copyable {
  private static let portion = 1 << 18

  private let target: String
  private let temporary: String
  private let file: LocalFile
  private var encryptor: AgeEncryptor
  private var archive = ArchiveWriter()
  private var plain: [UInt8] = []
  private var hash = Hashing()
  private let time: UInt64
  private(set) var manifest: Manifest

  init(
    at target: String, for recipients: borrowing Recipients, _ manifest: Manifest,
    using generator: inout some RandomNumberGenerator
  ) throws(BackupError) {
    guard !LocalDirectory.exists(target) else { throw BackupError(.exists) }
    let encryptor = try ArchiveFile.encryptor(for: recipients, using: &generator)
    let file = try LocalFile(creating: "\(target).partial")
    self.target = target
    self.manifest = manifest
    self.encryptor = encryptor
    self.file = file
    temporary = "\(target).partial"
    time = UInt64(max(0, manifest.made) / 1000)
  }

  private static func encryptor(
    for recipients: borrowing Recipients, using generator: inout some RandomNumberGenerator
  ) throws(BackupError) -> AgeEncryptor {
    do throws(CipherError) {
      switch recipients {
      case .keys(let keys): return try AgeEncryptor(to: keys, using: &generator)
      case .passphrase(let passphrase): return try AgeEncryptor(under: passphrase, using: &generator)
      }
    } catch {
      throw BackupError(.cipher(error.code))
    }
  }

  /// Adds the first `size` bytes of the file at `path`, which may grow meanwhile; all of it without a size.
  mutating func add(_ name: String, from path: String, size: UInt64? = nil) throws(BackupError) {
    guard let source = try LocalFile(reading: path) else { throw BackupError(.missing, name: name) }
    let size = if let size { size } else { try source.size() }
    try begin(name, size: size)
    var hash = Hashing()
    var done: UInt64 = 0
    while done < size {
      let bytes = try source.read(Int(min(UInt64(ArchiveFile.portion), size - done)), at: done)
      guard !bytes.isEmpty else { throw BackupError(.missing, name: name) }
      hash.update(bytes.span)
      try append(bytes)
      done += UInt64(bytes.count)
    }
    manifest.files.append(Manifest.File(name: name, size: size, digest: hash.finish()))
  }

  /// Adds a file that may be gone meanwhile, as it is now.
  mutating func addIfThere(_ name: String, from path: String) throws(BackupError) {
    guard LocalDirectory.exists(path) else { return }
    try add(name, from: path)
  }

  /// Adds a small file.
  mutating func add(_ name: String, _ content: [UInt8]) throws(BackupError) {
    try begin(name, size: UInt64(content.count))
    try append(content)
    manifest.files.append(
      Manifest.File(name: name, size: UInt64(content.count), digest: Digest(hashing: content.span)))
  }

  /// Says how far the log of a single gateway is that it holds.
  mutating func hold(_ log: Manifest.Log) { manifest.log = log }

  /// Says which root log and which shards it holds.
  mutating func hold(_ root: Manifest.Log, _ shards: [Manifest.Shard], unproved: [ReplicaName]) {
    (manifest.rootLog, manifest.shards, manifest.unproved) = (root, shards, unproved)
  }

  mutating func count(_ counts: [Manifest.Count]) { manifest.counts += counts }

  /// Adds the manifest, and ends when all of the file is on stable storage.
  consuming func finish() throws(BackupError) -> WrittenArchive {
    let manifest = manifest
    let content = manifest.bytes
    try begin(Manifest.name, size: UInt64(content.count))
    try append(content)
    archive.finish(into: &plain)
    let plain = plain
    var sealed: [UInt8] = []
    do throws(CipherError) {
      try encryptor.update(plain.span, into: &sealed)
      try encryptor.finish(into: &sealed)
    } catch {
      throw BackupError(.cipher(error.code))
    }
    hash.update(sealed.span)
    try file.write(sealed)
    try file.synchronise()
    return WrittenArchive(manifest, digest: hash.finish(), at: temporary, for: target)
  }

  private mutating func begin(_ name: String, size: UInt64) throws(BackupError) {
    guard let known = ArchiveName(name) else { throw BackupError(.malformed, name: name) }
    try archive.begin(known, size: size, time: time, into: &plain)
    if size == 0 { try append([]) }
  }

  private mutating func append(_ bytes: [UInt8]) throws(BackupError) {
    archive.append(bytes, into: &plain)
    guard plain.count >= ArchiveFile.portion else { return }
    let portion = plain
    plain = []
    var sealed: [UInt8] = []
    do throws(CipherError) {
      try encryptor.update(portion.span, into: &sealed)
    } catch {
      throw BackupError(.cipher(error.code))
    }
    hash.update(sealed.span)
    try file.write(sealed)
  }
}
