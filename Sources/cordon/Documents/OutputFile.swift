import struct Foundation.URL
import Glibc

/// A file that comes into being whole or not at all, or standard output.
///
/// Bytes go to a temporary file in the same directory, which takes the name when all is written and on the disk. A link
/// stays a link to the file that is written; a device or a pipe is written as it is, never replaced.
struct OutputFile: ~Copyable {
  private let descriptor: Int32
  /// The name to take; nil for standard output.
  private let target: String?
  private let temporary: String
  private var isCommitted = false

  /// Standard output.
  init() {
    descriptor = STDOUT_FILENO
    target = nil
    temporary = ""
  }

  /// A file that will be at `path`.
  init(_ path: String) throws(FileFailure) {
    (descriptor, target, temporary) =
      FileStatus(path)?.kind == .other ? try OutputFile.device(path) : try OutputFile.temporary(for: path)
  }

  private static func device(_ path: String) throws(FileFailure) -> (Int32, String?, String) {
    let opened = unsafe open(path, O_WRONLY | O_CLOEXEC)
    guard opened >= 0 else { throw .writing(path, errno) }
    return (opened, nil, "")
  }

  private static func temporary(for path: String) throws(FileFailure) -> (Int32, String?, String) {
    let file = URL(filePath: path).resolvingSymlinksInPath().path
    for _ in 0..<100 {
      let name = file + "." + String(UInt64.random(in: 0...UInt64.max), radix: 36)
      // Not `mkstemp`: a new file has what the user's mask allows, and only the kernel can read the mask without setting
      // it for all threads.
      let opened = unsafe open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if opened >= 0 { return (opened, file, name) }
      guard errno == EEXIST else { break }
    }
    throw .writing(path, errno)
  }

  deinit {
    if descriptor != STDOUT_FILENO { _ = close(descriptor) }
    guard target != nil else { return }
    if !isCommitted { _ = unsafe unlink(temporary) }
  }

  /// Writes all of `bytes`.
  borrowing func write(_ bytes: [UInt8]) throws(FileFailure) {
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.write(descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
      }
      if count >= 0 {
        written += count
      } else if errno != EINTR {
        throw .writing(target ?? "standard output", errno)
      }
    }
  }

  /// Puts the file in its place; nothing to do for standard output.
  mutating func commit() throws(FileFailure) {
    guard let target else { return }
    guard fsync(descriptor) == 0, unsafe rename(temporary, target) == 0 else { throw .writing(target, errno) }
    isCommitted = true
  }

  /// Puts the file in its place if nothing is there; nothing to do for standard output.
  mutating func commitWithoutReplacing() throws(FileFailure) {
    guard let target else { return }
    guard fsync(descriptor) == 0, unsafe link(temporary, target) == 0 else { throw .writing(target, errno) }
  }
}
