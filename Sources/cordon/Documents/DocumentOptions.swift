import ArgumentParser
import PHI

/// What `redact` and `scan` have in common: where documents come from and how they are worked on.
struct DocumentOptions: ParsableArguments {
  @Argument(help: "Files or directories; `-`, or nothing, is standard input.")
  var paths: [String] = []

  @Option(name: .shortAndLong, help: "Write to this file, or for several documents as text to this directory.")
  var output: String?

  @Option(help: "How results are written: text, json (one value) or jsonl (one line for each document).")
  var format = OutputFormat.text

  @Flag(help: "Worker mode: read lines {\"id\":…,\"text\":…} and answer each with one line.")
  var jsonl = false

  @Option(help: "What offsets count: codepoints (as Python does) or utf8 (bytes).")
  var offsets = OffsetUnit.codepoints

  @Option(help: "How many documents are worked on at once; the number of cores unless given.")
  var jobs: Int?

  @Option(help: "The day as of which ages are reckoned, as 2026-11-21; today unless given.")
  var asOf: String?

  @OptionGroup var detection: DetectionOptions

  func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("`--jobs` is at least 1") }
    if jsonl, format != .text { throw ValidationError("`--jsonl` is a format of its own: leave `--format` out") }
    if paths.filter({ $0 == "-" }).count > 1 { throw ValidationError("standard input can be read once only") }
  }

  /// The day that `--as-of` names, or today.
  func referenceDate() throws -> CalendarDate { try .named(asOf) }

  var concurrency: Int { jobs ?? ProcessorCount.online }
}

extension CalendarDate {
  /// The day that an option `--as-of` names, or today.
  static func named(_ asOf: String?) throws -> CalendarDate {
    guard let asOf else { return CalendarDate(secondsSinceEpoch: Assembly.now() / 1_000) }
    guard let date = CalendarDate(asOf) else { throw ValidationError("`--as-of` is a day such as 2026-11-21") }
    return date
  }
}

/// How results are written.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable { case text, json, jsonl }
