import Bytes
import Ciphers
import Glibc

/// The sealed parts that are too long for a record, each in a file named by its SHA-256 digest.
///
///     blobs/<first two digits>/<64 digits>
struct BlobStore: Sendable {
  private let root: Directory

  init(_ log: LogDirectory) { root = log.root.directory("blobs") }

  /// Puts the names of the folders on stable storage, which may be there without it after a crash.
  func settle() throws(LedgerError) {
    guard try root.exists() else { return }
    try root.synchronise()
  }

  /// Puts each part on stable storage; a part that is there is not written again.
  func write(_ parts: [SealedPart]) throws(LedgerError) {
    guard !parts.isEmpty else { return }
    var isNew = try !root.exists()
    try root.create()
    for part in parts {
      let name = part.digest.description
      let folder = root.directory(String(name.prefix(2)))
      if try !folder.exists() { isNew = true }
      try folder.create()
      if try File.status(of: folder.file(name))?.size == UInt64(part.bytes.count) {
        // It may be there by a rename that is not on stable storage yet.
        try folder.synchronise()
      } else {
        try folder.replace(name, with: part.bytes.span)
      }
    }
    guard isNew else { return }
    try root.synchronise()
    try Directory(String(root.path.dropLast("/blobs".count))).synchronise()
  }

  /// The bytes of the blob with this digest, unchecked; nil when there is none.
  func read(_ digest: Digest) throws(LedgerError) -> [UInt8]? {
    guard let file = try File(path(digest), O_RDONLY) else { return nil }
    var bytes = [UInt8](repeating: 0, count: Int(try file.status().size))
    var count = 0
    while count < bytes.count {
      let got = try file.read(bytes.count - count, at: UInt64(count), into: &bytes, at: count)
      guard got > 0 else { break }
      count += got
    }
    return Array(bytes.prefix(count))
  }

  /// The digests of all blobs, and the names of files that are none.
  func list() throws(LedgerError) -> (digests: [Digest], strangers: [String]) {
    var digests: [Digest] = []
    var strangers: [String] = []
    for folder in try root.names() {
      for name in try root.directory(folder).names() {
        if name.hasPrefix(folder), let digest = Digest(hexadecimal: name), digest.description == name {
          digests.append(digest)
        } else {
          strangers.append("blobs/\(folder)/\(name)")
        }
      }
    }
    return (digests, strangers)
  }

  private func path(_ digest: Digest) -> String {
    let name = digest.description
    return root.directory(String(name.prefix(2))).file(name)
  }
}
