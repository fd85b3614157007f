import Glibc

/// A file open for reading, or standard input.
struct InputFile: ~Copyable {
  let descriptor: Int32
  private let isOwned: Bool

  /// Standard input.
  static func standard() -> InputFile { InputFile(descriptor: STDIN_FILENO, isOwned: false) }

  private init(descriptor: Int32, isOwned: Bool) {
    self.descriptor = descriptor
    self.isOwned = isOwned
  }

  /// Opens the file at `path`.
  init(_ path: String) throws(FileFailure) {
    let opened = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard opened >= 0 else { throw .reading(path, errno) }
    self.init(descriptor: opened, isOwned: true)
  }

  deinit { if isOwned { _ = close(descriptor) } }

  /// Reads up to the count of `buffer` into its beginning; 0 at the end of the file.
  borrowing func read(into buffer: inout [UInt8], named name: String) throws(FileFailure) -> Int {
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count >= 0 { return count }
      guard errno == EINTR else { throw .reading(name, errno) }
    }
  }

  /// Whether a read would return at once.
  var isReady: Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&request, 1, 0) > 0
  }
}
