/// A wish that a command cannot carry out, with what would be possible; its exit code is 2.
struct UsageFailure: Error, Hashable {
  let message: String
  let help: String

  init(_ message: String, help: String) {
    self.message = message
    self.help = help
  }

  /// Tells the user, and gives the exit code.
  func report() -> Int32 {
    StandardError.line("error: \(message)\nhelp: \(help)")
    return 2
  }
}
