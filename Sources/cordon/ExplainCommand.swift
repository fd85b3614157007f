import ArgumentParser
import Bytes
import Gateway
import Ledger

/// `cordon explain`: why one request went as it did.
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Say from the log who asked for what, what was decided, and how it ended.",
    discussion: """
      The id is that of the header `x-request-id` of the answer. It prints what is written; `cordon log verify` says \
      whether that is what was recorded. No text of a request or an answer is in the log, and so none is printed. Without --key \
      the log is believed by the key beside it, which is said on standard error.
      """)

  @OptionGroup var directory: DataDirectory
  @OptionGroup var signed: LogKeyOptions

  @Argument(help: "The request's id.")
  var request: RequestID

  @Flag(name: .long, help: "Print one JSON object.")
  var json = false

  func run() throws {
    let logs = try signed.logs(of: directory)
    let explanation: Explanation?
    do {
      explanation = try Explanation(of: request, in: logs, data: directory.data)
    } catch let error as LedgerError {
      throw CommandFailure(error.code == .missing ? .noInput : .unreadableInput, "\(directory.data): \(error)")
    } catch {
      throw CommandFailure(.unreadableInput, "\(directory.data): the log cannot be searched: \(error)")
    }
    guard let explanation else {
      throw CommandFailure(.noInput, "the log in `\(directory.data)` has no request `\(request)`")
    }
    StandardOutput.line(json ? String(decoding: explanation.json.bytes, as: UTF8.self) : explanation.text)
  }
}
