import ArgumentParser
import Bytes
import Gateway
import Ledger

/// `cordon log show`: the entries of the log.
struct LogShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Print the entries of the log.",
    discussion: """
      It prints what signed seals cover, and ends with an error where the log is not what was signed. That all of it is
      there, blobs with it, `cordon log verify` says. Without --key the log is believed by the key beside it, which is said
      on standard error.
      """)

  @OptionGroup var directory: DataDirectory
  @OptionGroup var signed: LogKeyOptions

  @Option(name: .long, help: ArgumentHelp("Only the entries of this request.", valueName: "id"))
  var request: RequestID?

  @Option(name: .long, help: ArgumentHelp("Only entries of this event, such as `request.refused`.", valueName: "event"))
  var event: Event?

  @Option(name: .long, help: ArgumentHelp("Only entries from this day or moment (UTC) on.", valueName: "time"))
  var since: Timestamp?

  @Option(name: .long, help: ArgumentHelp("Only entries before this day or moment (UTC).", valueName: "time"))
  var until: Timestamp?

  @Flag(name: .long, help: "Print the shards of several replicas, one after the other.")
  var root = false

  @Flag(name: .long, help: "Print one JSON object a line.")
  var json = false

  func run() throws {
    let logs = try root ? signed.logs(of: directory) : [signed.log(of: directory)]
    guard !logs.isEmpty else { throw CommandFailure(.noInput, "\(directory.data): \(LedgerError(.missing))") }
    for log in logs {
      var place = directory
      place.data = log.data
      try place.reading { data throws(LedgerError) in
        var reader = try EntryReader(data: data, signedBy: log.key)
        if !json { StandardOutput.line((log.replica.map { "shard \($0)\n" } ?? "") + EntryRow.heading) }
        while let entry = try reader.next() {
          guard includes(entry.outline) else { continue }
          StandardOutput.line(json ? EntryRow.json(entry, of: log.replica) : EntryRow(entry).text)
        }
      }
    }
  }

  private func includes(_ outline: EntryOutline) -> Bool {
    (request == nil || outline.request == request) && (event == nil || outline.event == event)
      && since.map { outline.time >= $0 } != false && until.map { outline.time < $0 } != false
  }
}

extension RequestID: ExpressibleByArgument {}
extension Event: ExpressibleByArgument {}
extension Timestamp: ExpressibleByArgument {}

/// An entry as a line of a table.
private struct EntryRow {
  static let heading = row([
    "ENTRY", "TIME", "EVENT", "REQUEST", "CALLER", "VENDOR/MODEL", "DECISION", "FOUND", "STATUS", "CHANGE",
  ])
  private static let widths = [7, 24, 16, 36, 16, 28, 24, 5, 6, 0]

  let text: String

  init(_ entry: StoredEntry) {
    let fields = try? JSONValue(parsing: entry.json)
    func field(_ name: String) -> String? { fields?[name]?.string }
    let route = [field("vendor"), field("model")].compactMap(\.self).joined(separator: "/")
    let decision = [field("decision"), field("rule")].compactMap(\.self).joined(separator: " ")
    let found = fields?["identifiers"]?.members?.compactMap(\.value.integer).reduce(0, +)
    text = EntryRow.row([
      String(entry.index), entry.outline.time.description, entry.outline.event.rawValue,
      entry.outline.request?.description ?? "-", field("caller") ?? "-", route.isEmpty ? "-" : route,
      decision.isEmpty ? "-" : decision, found.map(String.init) ?? "-",
      fields?["status"]?.integer.map(String.init) ?? "-", StoredChangeText(fields).text,
    ])
  }

  /// The entry's own JSON with its index before the rest.
  static func json(_ entry: StoredEntry, of shard: ReplicaName?) -> String {
    "{\(shard.map { "\"shard\":\"\($0)\"," } ?? "")\"index\":\(entry.index),\(String(decoding: entry.json.dropFirst(), as: UTF8.self))"
  }

  private static func row(_ cells: [String]) -> String {
    var line = ""
    for (cell, width) in zip(cells, widths) {
      line += cell + String(repeating: " ", count: max(0, width - cell.utf8.count)) + "  "
    }
    return String(line.reversed().drop { $0 == " " }.reversed())
  }
}
