import Bytes
import Ciphers
import Glibc

/// A folder of the vault, by its path.
struct Folder: Hashable, Sendable {
  // No file that is read whole is longer; a longer one is not what it is taken for.
  private static let longest = 1 << 20

  let path: String

  init(_ path: String) { self.path = path }

  /// The path of the file of this name.
  func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Makes it, for its owner only, unless it is there; what contains it must be there.
  func create() throws(VaultError) {
    guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .system() }
  }

  /// Whether the file of this name is there; anything but a clear no is an error.
  func contains(_ name: String) throws(VaultError) -> Bool {
    if unsafe access(file(name), F_OK) == 0 { return true }
    guard errno == ENOENT else { throw .system() }
    return false
  }

  /// What tells one state of the file of this name from another; nil when there is none.
  func stamp(of name: String) throws(VaultError) -> FileStamp? {
    var status = stat()
    if unsafe stat(file(name), &status) == 0 { return FileStamp(status) }
    guard errno == ENOENT else { throw .system() }
    return nil
  }

  /// The content of the small file of this name; nil when there is none.
  func content(of name: String) throws(VaultError) -> [UInt8]? { try Folder.content(ofFileAt: file(name)) }

  /// The content of a small file; nil when there is none.
  static func content(ofFileAt path: String) throws(VaultError) -> [UInt8]? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      guard errno == ENOENT else { throw .system() }
      return nil
    }
    defer { close(descriptor) }
    var content: [UInt8] = []
    content.reserveCapacity(1 << 14)
    var buffer = [UInt8](repeating: 0, count: 1 << 12)
    defer { buffer.wipe() }
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw .system() }
      if count == 0 { return content }
      content.append(contentsOf: buffer.prefix(count))
      guard content.count <= Folder.longest else { throw VaultError(.malformed) }
    }
  }

  /// Puts `content` under `name` so that whoever reads it, also after a crash, finds the old content or the new.
  ///
  /// The blocks of the old file are overwritten then, as far as the file system overwrites in place.
  func replace(_ name: String, with content: [UInt8], mode: mode_t = 0o600) throws(VaultError) {
    let temporary = file("\(name).new")
    let old = unsafe open(file(name), O_WRONLY | O_CLOEXEC)
    defer { if old >= 0 { close(old) } }
    try Folder.create(temporary, mode: mode, content: content)
    guard unsafe rename(temporary, file(name)) == 0 else { throw .system() }
    try synchronise()
    guard old >= 0 else { return }
    let length = lseek(old, 0, SEEK_END)
    guard length > 0, length <= off_t(Folder.longest), lseek(old, 0, SEEK_SET) == 0 else { return }
    try? Folder.write([UInt8](repeating: 0, count: Int(length)), to: old)
    _ = fsync(old)
  }

  /// Makes an empty file of this name unless there is one.
  func touch(_ name: String) throws(VaultError) {
    let descriptor = unsafe open(file(name), O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .system() }
    close(descriptor)
    try synchronise()
  }

  /// Removes the file of this name, durably; nothing happens when there is none.
  func remove(_ name: String) throws(VaultError) {
    guard unsafe unlink(file(name)) == 0 || errno == ENOENT else { throw .system() }
    try synchronise()
  }

  /// Returns when the list of its names is on stable storage.
  func synchronise() throws(VaultError) {
    let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system() }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .system() }
  }

  /// What `body` gives while no other process is in such a body for the same name.
  func alone<Value: Sendable>(_ name: String, _ body: () throws(VaultError) -> Value) throws(VaultError) -> Value {
    let descriptor = unsafe open(file("\(name).lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .system() }
    defer { close(descriptor) }
    while flock(descriptor, LOCK_EX) != 0 {
      guard errno == EINTR else { throw .system() }
    }
    return try body()
  }

  private static func create(_ path: String, mode: mode_t, content: [UInt8]) throws(VaultError) {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw .system() }
    defer { close(descriptor) }
    try write(content, to: descriptor)
    guard fsync(descriptor) == 0 else { throw .system() }
  }

  private static func write(_ content: [UInt8], to descriptor: Int32) throws(VaultError) {
    var written = 0
    while written < content.count {
      let count = unsafe content.withUnsafeBytes { bytes in
        unsafe Glibc.write(descriptor, bytes.baseAddress?.advanced(by: written), bytes.count - written)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw .system() }
      written += count
    }
  }
}

/// What tells one state of a file from another.
struct FileStamp: Hashable, Sendable {
  private let inode: UInt64
  private let seconds: Int
  private let nanoseconds: Int
  private let size: Int

  init(_ status: stat) {
    inode = UInt64(status.st_ino)
    seconds = Int(status.st_mtim.tv_sec)
    nanoseconds = Int(status.st_mtim.tv_nsec)
    size = Int(status.st_size)
  }
}

extension VaultError {
  /// The failure that the system has just reported.
  static func system() -> VaultError { VaultError(.system, number: Int64(errno)) }
}
