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
    var template = Array((file + ".XXXXXX").utf8CString)
    let opened = unsafe template.withUnsafeMutableBufferPointer { buffer -> Int32 in
      guard let base = buffer.baseAddress else { return -1 }
      return unsafe mkstemp(base)
    }
    guard opened >= 0 else { throw .writing(path, errno) }
    _ = fcntl(opened, F_SETFD, FD_CLOEXEC)
    // `mkstemp` lets the owner alone read; a new file should have what the user's mask allows.
    let mask = umask(0)
    _ = umask(mask)
    _ = fchmod(opened, 0o666 & ~mask)
    return (opened, file, String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
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
