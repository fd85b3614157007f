import Glibc

/// A file of a measurement, removed when it is over.
struct MeasuredFile: ~Copyable {
  private let path: String

  init(_ folder: String, _ name: String) {
    path = "\(folder)/cordon-bench-\(UInt64.random(in: 0...UInt64.max)).\(name)"
  }

  deinit { _ = unsafe unlink(path) }

  /// A file that is being written.
  struct Writing {
    fileprivate let descriptor: Int32
    fileprivate let path: String

    func append(_ bytes: Span<UInt8>) throws {
      try unsafe bytes.withUnsafeBytes { raw in
        var place = 0
        while place < raw.count {
          let count = unsafe Glibc.write(descriptor, raw.baseAddress?.advanced(by: place), raw.count - place)
          guard count > 0 else { throw CommandFailure(.outputFailed, FileFailure.writing(path, errno).message) }
          place += count
        }
      }
    }
  }

  /// Writes the file anew, and waits until it is on the disk.
  func write(_ body: (Writing) throws -> Void) throws {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw CommandFailure(.outputFailed, FileFailure.writing(path, errno).message) }
    defer { _ = close(descriptor) }
    try body(Writing(descriptor: descriptor, path: path))
    guard fsync(descriptor) == 0 else {
      throw CommandFailure(.outputFailed, FileFailure.writing(path, errno).message)
    }
  }

  /// Lends the file to `body`, at most so many bytes at a time.
  func read(by count: Int, _ body: (Span<UInt8>) throws -> Void) throws {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw CommandFailure(.noInput, FileFailure.reading(path, errno).message) }
    defer { _ = close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: count)
    while true {
      let got = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
      guard got >= 0 else { throw CommandFailure(.noInput, FileFailure.reading(path, errno).message) }
      guard got > 0 else { return }
      try body(buffer.span.extracting(..<got))
    }
  }
}
