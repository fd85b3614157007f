import ArgumentParser
import Bytes
import Ciphers
import Ledger

/// `cordon log search`: finds entries by the index, without reading the whole log.
struct LogSearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search", abstract: "Find entries by what they say, or count them.",
    discussion: """
      An entry is printed when it fits every option. The index is brought up to date first, unless --as-is is given;
      the last line says how many entries of the log it covers. What it prints is what the log's key signed; the index
      itself is under no seal, and whoever may write to it can keep an entry from being found: `cordon log show`,
      `cordon explain` and `cordon subject report` read the log itself.
      """)

  @OptionGroup var directory: DataDirectory
  @OptionGroup var filters: SearchFilters

  @Option(name: .long, help: ArgumentHelp("Print at most this many entries, the newest.", valueName: "number"))
  var limit = 100

  @Flag(name: .long, help: "Search the shards of several replicas, one after the other.")
  var root = false

  @Flag(name: .long, help: "Print only how many entries fit.")
  var count = false

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Print counts by day or by \(SearchField.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "name"))
  var group: SearchGrouping?

  @Flag(name: .long, help: "Search what the index has, without bringing it up to date.")
  var asIs = false

  @Flag(name: .long, help: "Print one JSON object a line.")
  var json = false

  func validate() throws {
    guard limit > 0 else { throw ValidationError("--limit takes a number above 0.") }
  }

  func run() throws {
    var total = (covered: UInt64(0), entries: UInt64(0), count: UInt64(0))
    var isBehind = false
    for log in try directory.logs(root: root) {
      do {
        let index = try SearchIndex(data: log.data)
        let coverage = try asIs ? index.coverage() : index.update()
        // A shard that was only just begun has none.
        guard coverage.entries > 0 || root else { throw LedgerError(.missing) }
        let lines = SearchLines(index: index, query: filters.query, isJSON: json, shard: log.replica)
        if let shard = log.replica, !json, !count { StandardOutput.line("shard \(shard)") }
        if let group {
          try lines.totals(by: group)
        } else if count {
          total.count += UInt64(clamping: try index.count(filters.query))
        } else {
          lines.heading()
          try lines.entries(limit)
        }
        (total.covered, total.entries) = (total.covered + coverage.covered, total.entries + coverage.entries)
        isBehind = isBehind || coverage.isBehind
      } catch let error as LedgerError {
        throw CommandFailure(error.code == .missing ? .noInput : .unreadableInput, "\(log.data): \(error)")
      } catch {
        throw CommandFailure(.unreadableInput, "\(log.data)/\(SearchIndex.file): \(error)")
      }
    }
    if count, group == nil { StandardOutput.line(json ? "{\"count\":\(total.count)}" : String(total.count)) }
    let behind = isBehind ? ": the index is behind, `cordon log rebuild` makes it anew" : ""
    StandardError.line("searched \(total.covered) of \(total.entries) entries\(behind)")
  }
}

/// What `cordon log search` looks for.
struct SearchFilters: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("Entries of this event, such as `request.refused`.", valueName: "event"))
  var event: Event?

  @Option(name: .long, help: ArgumentHelp("Entries of this caller.", valueName: "name"))
  var caller: ConfiguredName?

  @Option(name: .long, help: ArgumentHelp("Entries of the person with this pseudonym.", valueName: "pseudonym"))
  var user: Pseudonym?

  @Option(name: .long, help: ArgumentHelp("Entries of this use case.", valueName: "name"))
  var useCase: ConfiguredName?

  @Option(name: .long, help: ArgumentHelp("Entries about this vendor.", valueName: "name"))
  var vendor: ConfiguredName?

  @Option(name: .long, help: ArgumentHelp("Entries with this decision: allow or deny.", valueName: "decision"))
  var decision: Decision?

  @Option(name: .long, help: ArgumentHelp("Entries decided by this rule.", valueName: "name"))
  var rule: ConfiguredName?

  @Option(name: .long, help: ArgumentHelp("Entries of this request.", valueName: "id"))
  var request: RequestID?

  @Option(name: .long, help: ArgumentHelp("Entries with this search tag; may be given again.", valueName: "hex"))
  var tag: [Digest] = []

  @Option(
    name: .long, help: ArgumentHelp("Entries with a sealed part of this subject; may be given again.", valueName: "hex")
  )
  var subjectTag: [Digest] = []

  @Option(name: .long, help: ArgumentHelp("Entries from this day or moment (UTC) on.", valueName: "time"))
  var since: Timestamp?

  @Option(name: .long, help: ArgumentHelp("Entries before this day or moment (UTC).", valueName: "time"))
  var until: Timestamp?

  var query: SearchQuery {
    var query = SearchQuery()
    let names: [SearchField: String?] = [
      .event: event?.rawValue, .caller: caller?.description, .user: user?.description, .useCase: useCase?.description,
      .vendor: vendor?.description, .decision: decision?.rawValue, .rule: rule?.description,
    ]
    query.names = names.compactMapValues(\.self)
    query.request = request
    query.tags = tag
    query.subjectTags = subjectTag
    query.since = since
    query.until = until
    return query
  }
}

extension Decision: ExpressibleByArgument {}
extension ConfiguredName: ExpressibleByArgument {}
extension Pseudonym: ExpressibleByArgument {}

extension Digest: ExpressibleByArgument {
  /// The digest that 64 hexadecimal digits spell.
  init?(argument: String) { self.init(hexadecimal: argument) }
}

extension SearchGrouping: ExpressibleByArgument {
  /// `day` or the name of a field.
  init?(argument: String) {
    if argument == "day" {
      self = .day
    } else if let field = SearchField(rawValue: argument) {
      self = .field(field)
    } else {
      return nil
    }
  }
}
