import Bytes
import Glibc

/// An open file, closed when its owner lets go of it.
///
/// With `Thread.swift` the only place of this module where memory is handed to the system.
struct File: ~Copyable {
  /// What the system knows about a file.
  struct Status: Hashable {
    var device: UInt64
    var inode: UInt64
    var links: UInt64
    var size: UInt64
  }

  /// How many bytes its file system has.
  struct Room: Hashable {
    var free: UInt64
    var all: UInt64
  }

  let descriptor: Int32

  /// Opens the file at `path` with the flags of `open(2)`; nil when it does not exist.
  init?(_ path: String, _ flags: Int32, mode: mode_t = 0o600) throws(LedgerError) {
    let descriptor = File.uninterrupted { unsafe Glibc.open(path, flags | O_CLOEXEC, mode) }
    if descriptor < 0 {
      guard errno == ENOENT else { throw .system(.open) }
      return nil
    }
    self.descriptor = descriptor
  }

  /// Opens the file at `path`, which must exist or be created by the flags.
  init(opening path: String, _ flags: Int32, mode: mode_t = 0o600) throws(LedgerError) {
    guard let file = try File(path, flags, mode: mode) else { throw .system(.open) }
    self = file
  }

  deinit { _ = close(descriptor) }

  /// What the system knows about this file.
  func status() throws(LedgerError) -> Status {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw .system(.inspect) }
    return Status(status)
  }

  /// What the system knows about the file at `path`; nil when there is none.
  static func status(of path: String) throws(LedgerError) -> Status? {
    var status = stat()
    if unsafe stat(path, &status) == 0 { return Status(status) }
    guard errno == ENOENT else { throw .system(.inspect) }
    return nil
  }

  /// Reads up to `count` bytes from `offset` into `buffer` at `start`; the number read is 0 at the end of the file.
  func read(_ count: Int, at offset: UInt64, into buffer: inout [UInt8], at start: Int) throws(LedgerError) -> Int {
    precondition(start >= 0 && count >= 0 && start + count <= buffer.count, "the buffer is too small")
    let descriptor = descriptor
    let got = unsafe buffer.withUnsafeMutableBytes { bytes in
      File.uninterrupted { unsafe pread(descriptor, bytes.baseAddress.map { unsafe $0 + start }, count, off_t(offset)) }
    }
    guard got >= 0 else { throw .system(.read) }
    return got
  }

  /// Appends `bytes`, all of them.
  func write(_ bytes: Span<UInt8>) throws(LedgerError) {
    var start = 0
    while start < bytes.count {
      let rest = bytes.extracting(start..<bytes.count)
      let descriptor = descriptor
      let written = unsafe rest.withUnsafeBytes { raw in
        File.uninterrupted { unsafe Glibc.write(descriptor, raw.baseAddress, raw.count) }
      }
      guard written > 0 else { throw .system(.write) }
      start += written
    }
  }

  /// Writes `bytes` over what is at `offset`, all of them.
  func write(_ bytes: Span<UInt8>, at offset: UInt64) throws(LedgerError) {
    var start = 0
    while start < bytes.count {
      let rest = bytes.extracting(start..<bytes.count)
      let (descriptor, place) = (descriptor, off_t(offset) + off_t(start))
      let written = unsafe rest.withUnsafeBytes { raw in
        File.uninterrupted { unsafe pwrite(descriptor, raw.baseAddress, raw.count, place) }
      }
      guard written > 0 else { throw .system(.write) }
      start += written
    }
  }

  /// How much room its file system has for this user.
  func room() throws(LedgerError) -> Room {
    var status = statvfs()
    guard unsafe fstatvfs(descriptor, &status) == 0 else { throw .system(.inspect) }
    let block = UInt64(status.f_frsize)
    return Room(free: UInt64(status.f_bavail) * block, all: UInt64(status.f_blocks) * block)
  }

  /// Returns when what was written is on stable storage, with as much about the file as is needed to read it back.
  func synchroniseContent() throws(LedgerError) {
    guard File.uninterrupted({ fdatasync(descriptor) }) == 0 else { throw .system(.synchronise) }
  }

  /// Returns when the file, or the directory's list of names, is on stable storage.
  func synchronise() throws(LedgerError) {
    guard File.uninterrupted({ fsync(descriptor) }) == 0 else { throw .system(.synchronise) }
  }

  /// Cuts the file to `size`, and puts the next write there.
  func truncate(to size: UInt64) throws(LedgerError) {
    guard ftruncate(descriptor, off_t(size)) == 0, lseek(descriptor, off_t(size), SEEK_SET) >= 0 else {
      throw .system(.truncate)
    }
  }

  /// Locks the file for this owner alone until it is closed; false when another has it.
  func lock() throws(LedgerError) -> Bool {
    if File.uninterrupted({ flock(descriptor, LOCK_EX | LOCK_NB) }) == 0 { return true }
    guard errno == EWOULDBLOCK else { throw .system(.lock) }
    return false
  }

  /// Whether nobody has the file locked for itself; what is taken to find out is given back.
  func canShare() -> Bool {
    guard File.uninterrupted({ flock(descriptor, LOCK_SH | LOCK_NB) }) == 0 else { return false }
    unlock()
    return true
  }

  /// Gives the lock back.
  ///
  /// Closing the file is not enough while another thread starts a program: until that runs, it holds a copy.
  func unlock() { _ = flock(descriptor, LOCK_UN) }

  private static func uninterrupted<Result: FixedWidthInteger>(_ call: () -> Result) -> Result {
    while true {
      let result = call()
      if result >= 0 || errno != EINTR { return result }
    }
  }
}

extension File.Status {
  init(_ status: stat) {
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    links = UInt64(status.st_nlink)
    size = UInt64(status.st_size)
  }
}
