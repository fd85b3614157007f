import Bytes
import Glibc
import Storage

/// A file of this machine, closed when its owner lets go of it.
struct LocalFile: ~Copyable {
  private let descriptor: Int32

  /// Opens a regular file to read it; nil when there is none.
  init?(reading path: String) throws(BackupError) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else {
      guard errno == ENOENT else { throw .system() }
      return nil
    }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw BackupError(.missing)
    }
    self.descriptor = descriptor
  }

  /// Makes a file for its owner alone; refused when the name is taken.
  init(creating path: String) throws(BackupError) {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw errno == EEXIST ? BackupError(.exists) : .system() }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// How long it is now.
  func size() throws(BackupError) -> UInt64 { UInt64(try status().st_size) }

  /// Up to `count` bytes from `offset`; none at the end.
  func read(_ count: Int, at offset: UInt64) throws(BackupError) -> [UInt8] {
    var got = 0
    let descriptor = descriptor
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      repeat {
        got = unsafe pread(descriptor, buffer.baseAddress, count, off_t(offset))
      } while got < 0 && errno == EINTR
      filled = max(0, got)
    }
    guard got >= 0 else { throw .system() }
    return bytes
  }

  /// Writes all of `bytes` at the end.
  func write(_ bytes: [UInt8]) throws(BackupError) {
    var start = 0
    while start < bytes.count {
      let written = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.write(descriptor, buffer.baseAddress?.advanced(by: start), buffer.count - start)
      }
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { throw .system() }
      start += written
    }
  }

  /// Returns when what was written is on stable storage.
  func synchronise() throws(BackupError) {
    guard fsync(descriptor) == 0 else { throw .system() }
  }

  private func status() throws(BackupError) -> stat {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw .system() }
    return status
  }
}

/// A directory of this machine.
struct LocalDirectory: Hashable, Sendable {
  let path: String

  init(_ path: String) { self.path = path }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Makes it for its owner alone; refused when the name is taken.
  func create() throws(BackupError) {
    guard unsafe mkdir(path, 0o700) == 0 else { throw errno == EEXIST ? BackupError(.exists) : .system() }
  }

  /// Makes a directory inside unless it is there.
  func createInside(_ name: String) throws(BackupError) {
    guard unsafe mkdir(file(name), 0o700) == 0 || errno == EEXIST else { throw .system() }
  }

  /// Whether anything has this path.
  static func exists(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0
  }

  /// The regular files inside it and inside its directories, by their names from here, sorted; links are left out.
  func files(below name: String = "") throws(BackupError) -> [String] {
    let place = name.isEmpty ? path : file(name)
    guard let names = folderNames(place) else {
      guard errno == ENOENT else { throw .system() }
      return []
    }
    var files: [String] = []
    for last in names {
      let inside = name.isEmpty ? last : "\(name)/\(last)"
      var status = stat()
      guard unsafe lstat(file(inside), &status) == 0 else { continue }
      if status.st_mode & S_IFMT == S_IFREG { files.append(inside) }
      if status.st_mode & S_IFMT == S_IFDIR { files += try self.files(below: inside) }
    }
    return files.sorted()
  }

  /// Returns when the names in it are on stable storage.
  func synchronise() throws(BackupError) {
    let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system() }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .system() }
  }

  /// Gives it, or the file at `path`, the name `target`, which nothing may have.
  static func move(_ path: String, to target: String) throws(BackupError) {
    guard !exists(target) else { throw BackupError(.exists) }
    guard unsafe rename(path, target) == 0 else { throw .system() }
    try LocalDirectory(parent(of: target)).synchronise()
  }

  /// Removes it and everything inside, as far as it can.
  func remove() {
    guard let names = folderNames(path) else { return }
    for name in names where unsafe unlink(file(name)) != 0 { LocalDirectory(file(name)).remove() }
    _ = unsafe rmdir(path)
  }

  static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}

extension LocalFile {
  /// Removes the file at `path`, as far as it can.
  static func remove(_ path: String) { _ = unsafe unlink(path) }
}
