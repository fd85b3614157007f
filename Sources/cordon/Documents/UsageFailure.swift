/// A wish that a command cannot carry out, with what would be possible; its exit code is 2.
struct UsageFailure: Error, Hashable {
  let message: String
  let help: String

  init(_ message: String, help: String) {
    self.message = message
    self.help = help
  }

  /// Why `output` cannot be written while `documents` are read; nil when it can.
  static func overwriting(_ output: String, readFrom documents: [Document]) -> UsageFailure? {
    guard let identity = FileIdentity(output),
      documents.contains(where: { $0.path.flatMap(FileIdentity.init) == identity })
    else { return nil }
    return UsageFailure("`\(output)` is an input and would be overwritten", help: "write to another file or directory")
  }

  /// Tells the user, and gives the exit code.
  func report() -> Int32 {
    StandardError.line("error: \(message)\nhelp: \(help)")
    return 2
  }
}
