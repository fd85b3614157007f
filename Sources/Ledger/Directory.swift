import Bytes
import Glibc
import Storage

/// A directory of the ledger, by its path.
struct Directory: Hashable, Sendable {
  let path: String

  init(_ path: String) { self.path = path }

  /// The path of the file of this name.
  func file(_ name: String) -> String { "\(path)/\(name)" }

  /// The directory of this name inside this one.
  func directory(_ name: String) -> Directory { Directory(file(name)) }

  /// Whether it exists.
  func exists() throws(LedgerError) -> Bool { try File.status(of: path) != nil }

  /// Makes it, for its owner only, unless it is there; what contains it must be there.
  func create() throws(LedgerError) {
    guard unsafe mkdir(path, 0o700) != 0 else { return }
    guard errno == EEXIST else { throw .system(.create) }
  }

  /// The names of what it holds, sorted.
  func names() throws(LedgerError) -> [String] {
    guard let names = folderNames(path) else {
      guard errno == ENOENT else { throw .system(.list) }
      return []
    }
    return names
  }

  /// Returns when the list of its names is on stable storage.
  func synchronise() throws(LedgerError) {
    try File(opening: path, O_RDONLY | O_DIRECTORY).synchronise()
  }

  /// Puts `content` under `name` so that whoever reads it, also after a crash, finds the old content or the new.
  func replace(_ name: String, with content: Span<UInt8>, mode: mode_t = 0o600) throws(LedgerError) {
    let temporary = file("\(name).new")
    do {
      let file = try File(opening: temporary, O_WRONLY | O_CREAT | O_TRUNC, mode: mode)
      try file.write(content)
      try file.synchronise()
    }
    guard unsafe rename(temporary, file(name)) == 0 else { throw .system(.rename) }
    try synchronise()
  }

  /// The content of the small file of this name; nil when there is none.
  func content(of name: String) throws(LedgerError) -> [UInt8]? {
    guard let file = try File(file(name), O_RDONLY) else { return nil }
    var content: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = try file.read(buffer.count, at: UInt64(content.count), into: &buffer, at: 0)
      if count == 0 { return content }
      content.append(contentsOf: buffer.prefix(count))
      // No file that is read whole is longer; a longer one is not what it is taken for.
      guard content.count <= 1 << 16 else { return content }
    }
  }

  /// Removes the file of this name.
  func remove(_ name: String) throws(LedgerError) {
    guard unsafe unlink(file(name)) == 0 else { throw .system(.create) }
  }
}
