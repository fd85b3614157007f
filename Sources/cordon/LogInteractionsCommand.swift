import ArgumentParser
import Bytes
import Gateway
import Ledger

/// `cordon log interactions`: how models touched what is protected, by month.
struct LogInteractionsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "interactions", abstract: "Sum up by month what went to which vendor and came back.",
    discussion: """
      Calls, identifiers found in prompts, put back into answers and made up by models, tokens, the vendor and what it \
      keeps, from every entry of a call, of every replica. A call counts in the month of its entries: its opening in that \
      of the opening, its end in that of the end. The log is read against the vault's key, and has to be as long as the \
      vault says that it was; with --key the vault is not opened.
      """)

  @OptionGroup var options: VaultOptions
  @OptionGroup var proved: ProvedLogsOptions

  @Option(
    name: .long, help: ArgumentHelp("Only this month (UTC), such as 2026-11.", valueName: "month"),
    transform: { text in
      guard text.utf8.count == 7, Timestamp("\(text)-01") != nil else {
        throw ValidationError("a month is such as 2026-11")
      }
      return text
    })
  var month: String?

  @Flag(name: .long, help: "Print one JSON object.")
  var json = false

  func run() async throws {
    let place = try options.place()
    let logs = try await proved.logs(of: place)
    let report: InteractionReport
    do {
      report = try InteractionReport(logs, month: month)
    } catch let error as LedgerError {
      throw CommandFailure(error.code == .missing ? .noInput : .unreadableInput, "\(place.data): \(error)")
    }
    guard !json else {
      StandardOutput.line(String(decoding: report.json.bytes, as: UTF8.self))
      return
    }
    var table = [
      ["MONTH", "VENDOR", "RETENTION", "CALLS", "ENDED", "FOUND", "RESTORED", "NOVEL", "PROMPT", "COMPLETION"]
    ]
    for (month, total) in report.totals {
      for (key, sums) in report.rows where key.month == month {
        table.append([month, key.vendor ?? "(given again)", key.retention ?? "-"] + sums.cells)
      }
      table.append([month, "total", ""] + total.cells)
    }
    let widths = table[0].indices.map { column in table.map { $0[column].utf8.count }.max() ?? 0 }
    for row in table {
      let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.utf8.count) }
      StandardOutput.line(String(cells.joined(separator: "  ").reversed().drop { $0 == " " }.reversed()))
    }
  }
}

extension InteractionReport.Sums {
  fileprivate var cells: [String] {
    let counts = [found, restored, novel].map { $0.values.reduce(0, +) }
    return ([opened, closed] + counts + [promptTokens, completionTokens]).map(String.init)
  }
}
