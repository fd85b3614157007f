import ArgumentParser

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

  func validate() throws {
    if let jobs, jobs < 1 { throw ValidationError("`--jobs` is at least 1") }
    if jsonl, format != .text { throw ValidationError("`--jsonl` is a format of its own: leave `--format` out") }
    if paths.filter({ $0 == "-" }).count > 1 { throw ValidationError("standard input can be read once only") }
  }

  var concurrency: Int { jobs ?? ProcessorCount.online }
}

/// How results are written.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable { case text, json, jsonl }
