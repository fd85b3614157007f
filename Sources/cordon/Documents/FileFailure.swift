import Glibc

/// Why a file could not be read or written: its name as the user gave it, and what the system said.
struct FileFailure: Error, Hashable {
  /// What was being done.
  enum Action: String { case reading = "read", writing = "write" }

  let action: Action
  let name: String
  let cause: String

  static func reading(_ name: String, _ number: Int32) -> FileFailure {
    FileFailure(action: .reading, name: name, cause: sentence(number))
  }

  static func writing(_ name: String, _ number: Int32) -> FileFailure {
    FileFailure(action: .writing, name: name, cause: sentence(number))
  }

  var message: String { "cannot \(action.rawValue) `\(name)`: \(cause)" }

  private static func sentence(_ number: Int32) -> String {
    guard let text = unsafe strerror(number) else { return "error \(number)" }
    return unsafe String(cString: text).lowercased()
  }
}
