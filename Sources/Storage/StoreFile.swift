import Glibc

/// The file of a store: made for its owner alone, and seen to be writable before SQLite opens it.
///
/// INVARIANT: a file that exists is never opened here. Closing any descriptor of a file drops all locks of `fcntl(2)`
/// that the process holds on it, SQLite's among them.
enum StoreFile {
  /// Makes the file unless it is there, and checks that it can be written.
  static func prepare(_ path: String) throws(StorageError) {
    if try !create(path) {
      guard unsafe access(path, R_OK | W_OK) == 0 else { throw .system() }
      try restrict(path)
    }
  }

  /// Makes an empty file; false when there is one.
  static func create(_ path: String) throws(StorageError) -> Bool {
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      guard errno == EEXIST else { throw .system() }
      return false
    }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .system() }
    try synchroniseDirectory(of: path)
    return true
  }

  /// Returns when the content of the file, which nothing else may have open, and its name are on stable storage.
  static func synchronise(_ path: String) throws(StorageError) {
    try synchronise(path, flags: O_RDWR)
    try synchroniseDirectory(of: path)
  }

  /// Removes a file that was begun and what SQLite may have put beside it, as far as that can be done.
  static func discard(_ path: String) {
    for name in [path, "\(path)-journal"] { _ = unsafe unlink(name) }
  }

  /// Takes the file's permissions from everybody but its owner.
  private static func restrict(_ path: String) throws(StorageError) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { throw .system() }
    guard status.st_mode & S_IFMT == S_IFREG else { throw StorageError(.corrupt) }
    guard status.st_mode & 0o077 != 0 else { return }
    guard unsafe chmod(path, 0o600) == 0 else { throw .system() }
  }

  private static func synchroniseDirectory(of path: String) throws(StorageError) {
    let directory = path.lastIndex(of: "/").map { path[..<$0] } ?? "."
    try synchronise(directory.isEmpty ? "/" : String(directory), flags: O_RDONLY | O_DIRECTORY)
  }

  private static func synchronise(_ path: String, flags: Int32) throws(StorageError) {
    let descriptor = unsafe open(path, flags | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system() }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .system() }
  }
}
