import Glibc

/// Standard output, written and flushed a line at a time.
enum StandardOutput {
  static func line(_ text: String) { FileLine.write(text, to: STDOUT_FILENO) }
}

/// Standard error, written a line at a time.
enum StandardError {
  static func line(_ text: String) { FileLine.write(text, to: STDERR_FILENO) }
}

private enum FileLine {
  static func write(_ text: String, to descriptor: Int32) {
    var rest = Array((text + "\n").utf8)[...]
    while !rest.isEmpty {
      let written = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard written > 0 else { return }
      rest = rest.dropFirst(written)
    }
  }
}
