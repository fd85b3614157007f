import Glibc

/// What tells one state of a file from another, as files here are replaced and never written into.
struct FileStamp: Hashable {
  private let inode: UInt64
  private let seconds: Int
  private let nanoseconds: Int
  private let size: Int

  /// The state of a file; nil when there is none, and anything but a clear no is an error.
  static func of(_ path: String) throws(FileFault) -> FileStamp? {
    var status = stat()
    if unsafe stat(path, &status) == 0 { return FileStamp(status) }
    guard errno == ENOENT else { throw .system() }
    return nil
  }

  private init(_ status: stat) {
    inode = UInt64(status.st_ino)
    seconds = Int(status.st_mtim.tv_sec)
    nanoseconds = Int(status.st_mtim.tv_nsec)
    size = Int(status.st_size)
  }
}
