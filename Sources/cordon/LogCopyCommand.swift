import ArgumentParser
import Bytes
import Formats
import Ledger
import Vault

/// `cordon log copy`: the log for those who inspect it.
struct LogCopyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "copy", abstract: "Write a copy of the log for an inspection, for people as PDF or as JSON.",
    discussion: """
      A copy has every member of each entry (21 CFR 11.10(b)) and says which checkpoint covers it; it adds nothing to the \
      log, and is not written when what was read is not what was signed. `--names` opens the vault and says which \
      custodian each pseudonym is; the members of the workforce whom requests name stay pseudonyms.

      Exits 0 when the copy is whole, 65 when the log is not, 66 when there is none.
      """)

  @OptionGroup var options: VaultPlaceOptions

  @Argument(help: ArgumentHelp("Where it is written: a name that ends with .pdf or .json.", valueName: "file"))
  var output: String

  @Option(name: .long, help: ArgumentHelp("Only entries from this day or moment (UTC) on.", valueName: "time"))
  var since: Timestamp?

  @Option(name: .long, help: ArgumentHelp("Only entries before this day or moment (UTC).", valueName: "time"))
  var until: Timestamp?

  @Option(
    name: .long, help: ArgumentHelp("Only entries of this event; may be given several times.", valueName: "event"))
  var event: [Event] = []

  @Flag(name: .long, help: "Name the custodians, by the vault.")
  var names = false

  func validate() throws {
    guard output.hasSuffix(".pdf") || output.hasSuffix(".json") else {
      throw ValidationError("the name of the file says what it is: let it end with .pdf or .json")
    }
  }

  func run() async throws {
    let place = try options.place()
    let people = names ? try await LogCopyCommand.people(place) : [:]
    var selection = ExportSelection()
    selection.since = since
    selection.until = until
    selection.events = event.isEmpty ? nil : Set(event)
    let copy = LogCopy(
      data: place.data, selection: selection, people: people, made: Timestamp(milliseconds: Assembly.now()))
    let count: Int
    do {
      count = try output.hasSuffix(".pdf") ? copy.writePDF(to: output) : copy.writeJSON(to: output)
    } catch let error as ExportError {
      throw CommandFailure(error, place.data)
    } catch let error as LedgerError {
      throw CommandFailure(error.code == .missing ? .noInput : .unreadableInput, "\(place.data): \(error)")
    } catch let error as FileFailure {
      throw CommandFailure(.outputFailed, error.message)
    }
    StandardOutput.line("\(output): \(count) entries")
  }

  /// The custodians by their pseudonyms.
  private static func people(_ place: VaultPlace) async throws -> [String: String] {
    try await place.withVault { vault in
      try await VaultOptions.saying("the names of custodians") { () async throws(VaultError) in
        var names: [String: String] = [:]
        for person in try await vault.custodians() { names[try await vault.pseudonym(of: person.name)] = person.name }
        return names
      }
    }
  }
}

/// A copy of the log as a document.
struct LogCopy {
  private static let pieceSize = 1 << 18

  let data: String
  let selection: ExportSelection
  /// Who pseudonyms are.
  let people: [String: String]
  let made: Timestamp

  /// Writes it for people; the number of its entries.
  func writePDF(to path: String) throws -> Int {
    let file = try OutputFile(path)
    var reader = try reader()
    let checkpoint = reader.checkpoint
    let digits = made.description.utf8.prefix(19).filter(ASCII.isDigit)
    var pages = PDFPages(
      title: "Audit log \(checkpoint.origin)", made: "D:\(String(decoding: digits, as: UTF8.self))Z")
    pages.line("Audit log \(checkpoint.origin)", isBold: true)
    pages.line()
    for (name, value) in heading(checkpoint) { pages.line("\(name): \(value)") }
    for (pseudonym, name) in people.sorted(by: { $0.value < $1.value }) { pages.line("\(pseudonym): \(name)") }
    var count = 0
    while let entry = try reader.next() {
      let record = try JSONValue(parsing: entry.json)
      let (time, event) = (record["time"]?.string ?? "", record["event"]?.string ?? "")
      pages.line()
      pages.line("Entry \(entry.place.index)  \(time)  \(event)", isBold: true)
      for detail in AuditRecord.Detail.all(of: record) where !["event", "time"].contains(detail.name) {
        pages.line("  \(detail.name): \(detail.value)\(people[detail.value].map { " (\($0))" } ?? "")")
      }
      pages.line("  leaf: \(entry.place.leaf)")
      count += 1
      try file.write(pages.take())
    }
    pages.line()
    pages.line("End of the copy: \(count) entries.", isBold: true)
    pages.finish()
    try file.write(pages.take())
    try Self.commit(file)
    return count
  }

  /// Writes it for programs; the number of its entries.
  func writeJSON(to path: String) throws -> Int {
    let file = try OutputFile(path)
    var reader = try reader()
    let head =
      heading(reader.checkpoint).map { JSONMember($0.name, .string($0.value)) }
      + [JSONMember("people", .object(people.sorted { $0.key < $1.key }.map { JSONMember($0.key, .string($0.value)) }))]
    var piece = Array(JSONValue.object(head).bytes.dropLast()) + Array(",\"entries\":[".utf8)
    var count = 0
    while let entry = try reader.next() {
      piece += Array((count == 0 ? "\n" : ",\n").utf8)
      piece += Array("{\"index\":\(entry.place.index),\"leaf\":\"\(entry.place.leaf)\",\"entry\":".utf8)
      piece += entry.json + [0x7D]
      count += 1
      guard piece.count >= Self.pieceSize else { continue }
      try file.write(piece)
      piece.removeAll(keepingCapacity: true)
    }
    try file.write(piece + Array("\n]}\n".utf8))
    try Self.commit(file)
    return count
  }

  private func reader() throws -> ExportReader {
    try ExportReader(data: data, key: Custody.verifier(data: data), selection: selection)
  }

  private func heading(_ checkpoint: Checkpoint) -> [(name: String, value: String)] {
    var heading = [
      ("log", checkpoint.origin), ("checkpoint", "\(checkpoint.size) entries, root \(checkpoint.root)"),
      ("copied", made.description),
    ]
    if let since = selection.since { heading.append(("since", since.description)) }
    if let until = selection.until { heading.append(("until", until.description)) }
    if let events = selection.events {
      heading.append(("events", events.map(\.rawValue).sorted().joined(separator: " ")))
    }
    return heading.map { (name: $0.0, value: $0.1) }
  }

  private static func commit(_ file: consuming OutputFile) throws(FileFailure) { try file.commit() }
}
