import Bytes
import Ciphers

/// The unpacking of an age file into an empty directory, proved against its manifest.
enum Unpacking {
  private static let portion = 1 << 18

  /// Unpacks the file at `path`: what is written is as the manifest, the last file, lists it, and nothing else is.
  ///
  /// The digest is that of the file.
  static func unpack(
    _ path: String, with decryptor: consuming AgeDecryptor, into directory: LocalDirectory
  ) throws(BackupError) -> (Manifest, Digest) {
    guard let file = try LocalFile(reading: path) else { throw BackupError(.missing) }
    var decryptor = decryptor
    var reader = ArchiveReader()
    var target = Target(directory)
    var offset: UInt64 = 0
    var plain: [UInt8] = []
    var hash = Hashing()
    while true {
      let bytes = try file.read(portion, at: offset)
      offset += UInt64(bytes.count)
      hash.update(bytes.span)
      do throws(CipherError) {
        if bytes.isEmpty {
          try decryptor.finish(into: &plain)
        } else {
          try decryptor.update(bytes.span, into: &plain)
        }
      } catch {
        throw BackupError(.cipher(error.code))
      }
      try BackupError.typed { try reader.read(plain) { try target.take($0) } }
      plain.removeAll(keepingCapacity: true)
      if bytes.isEmpty { break }
    }
    try reader.finish()
    return (try target.proved(), hash.finish())
  }
}

/// Where the files of an archive are written.
private struct Target: ~Copyable {
  private let directory: LocalDirectory
  private var directories: Set<String> = []
  private var open: Open?
  private var manifest: [UInt8] = []
  private var written: [Manifest.File] = []

  init(_ directory: LocalDirectory) { self.directory = directory }

  mutating func take(_ piece: ArchiveReader.Piece) throws(BackupError) {
    switch piece {
    case .file(let header): try begin(header)
    case .content(let bytes): try append(bytes)
    case .endOfFile: try end()
    }
  }

  /// The manifest, once it is found to list what was written.
  consuming func proved() throws(BackupError) -> Manifest {
    guard let manifest = Manifest(manifest) else { throw BackupError(.malformed, name: Manifest.name) }
    guard manifest.files.count == written.count else { throw BackupError(.notAsListed) }
    for (listed, file) in zip(manifest.files, written) where listed != file {
      throw BackupError(.notAsListed, name: file.name)
    }
    for name in directories { try LocalDirectory(directory.file(name)).synchronise() }
    try directory.synchronise()
    return manifest
  }

  private mutating func begin(_ header: ArchiveHeader) throws(BackupError) {
    // The manifest is the last file, and the only one that is read into memory.
    guard manifest.isEmpty else { throw BackupError(.malformed) }
    guard header.name.description != Manifest.name else {
      guard header.size <= Manifest.longest else { throw BackupError(.tooLong, name: Manifest.name) }
      return
    }
    for name in header.name.directories where directories.insert(name).inserted { try directory.createInside(name) }
    open = Open(
      header: header, file: try LocalFile(creating: directory.file(header.name.description)), hash: Hashing())
  }

  private mutating func append(_ bytes: [UInt8]) throws(BackupError) {
    guard open != nil else {
      manifest += bytes
      return
    }
    open?.hash.update(bytes.span)
    try open?.file.write(bytes)
  }

  private mutating func end() throws(BackupError) {
    guard let open = open.take() else { return }
    try open.file.synchronise()
    written.append(
      Manifest.File(name: open.header.name.description, size: open.header.size, digest: open.hash.finish()))
  }

  private struct Open: ~Copyable {
    let header: ArchiveHeader
    let file: LocalFile
    var hash: Hashing
  }
}
