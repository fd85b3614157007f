import Glibc
import Storage

/// The number that the system gave for what went wrong with a file.
package struct FileFault: Error, Hashable, Sendable {
  package let number: Int32

  /// The failure that the system has just reported.
  static func system() -> FileFault { FileFault(number: errno) }
}

extension FileFault: CustomStringConvertible {
  package var description: String {
    unsafe strerror(number).map { unsafe String(cString: $0).lowercased() } ?? "error \(number)"
  }
}

/// Small files of the data directory, read whole and replaced at once.
enum SmallFile {
  // Nothing that is kept so is longer; a longer file is not what it is taken for.
  private static let longest = 8 << 20

  /// Whether there is a file; anything but a clear no is an error.
  static func exists(at path: String) throws(FileFault) -> Bool {
    if unsafe access(path, F_OK) == 0 { return true }
    guard errno == ENOENT else { throw .system() }
    return false
  }

  /// The content of a file; nil when there is none.
  static func content(at path: String) throws(FileFault) -> [UInt8]? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      guard errno == ENOENT else { throw .system() }
      return nil
    }
    defer { close(descriptor) }
    var content: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 14)
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .system() }
      if count == 0 { return content }
      content += buffer.prefix(count)
      guard content.count <= longest else { throw FileFault(number: EFBIG) }
    }
  }

  /// Puts `content` in place so that whoever reads it, also after a crash, finds the old content or the new.
  static func replace(_ path: String, with content: [UInt8]) throws(FileFault) {
    let new = "\(path).new"
    let descriptor = unsafe open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .system() }
    defer { close(descriptor) }
    var rest = content[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .system() }
      rest = rest.dropFirst(count)
    }
    guard fsync(descriptor) == 0, unsafe rename(new, path) == 0 else { throw .system() }
    try synchronise(folder(of: path))
  }

  /// Makes an empty file unless there is one.
  static func touch(_ path: String) throws(FileFault) {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .system() }
    close(descriptor)
    try synchronise(folder(of: path))
  }

  /// Removes a file; false when there is none.
  static func remove(_ path: String) throws(FileFault) -> Bool {
    guard unsafe unlink(path) == 0 else {
      guard errno == ENOENT else { throw .system() }
      return false
    }
    try synchronise(folder(of: path))
    return true
  }

  /// Makes a folder for its owner unless there is one.
  static func makeFolder(_ path: String) throws(FileFault) {
    guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .system() }
  }

  /// The names of what is in a folder; none when there is no folder.
  static func names(in path: String) throws(FileFault) -> Set<String> {
    guard let names = folderNames(path) else {
      guard errno == ENOENT else { throw .system() }
      return []
    }
    return Set(names)
  }

  /// What `body` gives while no other process is in such a body for the same file.
  static func alone<Value>(
    _ path: String, _ body: () throws -> Value
  ) throws -> Value {
    let lock = try FileLock(path)
    defer { withExtendedLifetime(lock) {} }
    return try body()
  }

  private static func synchronise(_ folder: String) throws(FileFault) {
    let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system() }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .system() }
  }

  private static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
  }
}

/// The right to change a small file, which one has at a time, in this and every other process; it ends with its owner.
final class FileLock: Sendable {
  private let descriptor: Int32

  /// Waits until nobody has it for the file at `path`.
  init(_ path: String) throws(FileFault) {
    descriptor = unsafe open("\(path).lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .system() }
    while flock(descriptor, LOCK_EX) != 0 {
      guard errno == EINTR else {
        let fault = FileFault.system()
        close(descriptor)
        throw fault
      }
    }
  }

  deinit { close(descriptor) }
}
