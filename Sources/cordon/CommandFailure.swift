import ArgumentParser

/// A failure that ends a command with a sentence on standard error and an exit code of sysexits(3).
struct CommandFailure: Error {
  /// The exit codes of sysexits(3) that `cordon` uses.
  enum Code: Int32 {
    case unreadableInput = 65
    case noInput = 66
    case unavailable = 69
    case outputFailed = 74
    case badConfiguration = 78
  }

  let code: Code
  let message: String

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }
}
