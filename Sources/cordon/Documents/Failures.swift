import ArgumentParser
import Detection
import Formats
import Synchronization
import Vault

/// What went wrong with single documents while the run went on.
final class Failures: Sendable {
  private let worst = Mutex<Int32>(0)
  private let hasToldOfReader = Atomic(false)

  /// Tells the user about a document that could not be read or written, and remembers it for the exit code.
  func report(_ error: any Error, about document: Document) {
    switch error {
    case let failure as FileFailure: report(failure)
    case let error as FormatsError:
      note(65, "cannot read `\(document.name)`: \(error)", help: error.advice)
    case let error as GoldError: note(65, "cannot read `\(document.name)`: \(error)", help: nil)
    case let error as VaultError: note(69, "cannot work on `\(document.name)`: \(error)", help: nil)
    case let failure as SecondOpinionFailure: note(70, "cannot work on `\(document.name)`: \(failure)", help: nil)
    default: note(70, "cannot work on `\(document.name)`: \(type(of: error))", help: nil)
    }
  }

  /// Tells the user about a file that could not be read or written, and remembers it for the exit code.
  func report(_ failure: FileFailure) {
    note(failure.action == .reading ? 65 : 74, failure.message, help: nil)
  }

  /// Tells the user that a reader failed: once, however many texts it fails on, and remembers it for the exit code.
  func report(_ failure: SecondOpinionFailure) {
    guard !hasToldOfReader.exchange(true, ordering: .relaxed) else { return }
    note(70, "cannot look for identifiers: \(failure)", help: nil)
  }

  /// The exit code that the failures ask for; nil when there were none.
  var exitCode: ExitCode? { worst.withLock { $0 == 0 ? nil : ExitCode($0) } }

  private func note(_ code: Int32, _ message: String, help: String?) {
    StandardError.line("error: \(message)" + (help.map { "\nhelp: \($0)" } ?? ""))
    worst.withLock { $0 = max($0, code) }
  }
}
