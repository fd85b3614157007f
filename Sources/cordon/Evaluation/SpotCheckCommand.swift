import ArgumentParser
import Bytes
import Detection
import PHI

/// `cordon evaluate spot-check`: a sample of de-identified outputs for a person to read, and what the reading says.
struct SpotCheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "spot-check", abstract: "Sample de-identified outputs for review, and bound what leaks.",
    subcommands: [SpotCheckDrawCommand.self, SpotCheckResultCommand.self])
}

/// `cordon evaluate spot-check draw`: writes a review sheet.
struct SpotCheckDrawCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "draw", abstract: "Draw a random sample of outputs in which every class has its share.",
    discussion: """
      Outputs are the lines {"id","text"} of files whose names end in .jsonl, and every other file whole. The sheet is \
      JSON lines: the first says how the sample was drawn, each other is an output with its place in bytes. The \
      reviewer sets `reviewed` to true and lists in `leaks` a {"kind","start","end"} for every identifier still \
      there, in bytes of the text. Kinds are the words of placeholders, such as NAME or DATE.
      """)

  @Argument(help: "De-identified files or directories.")
  var paths: [String]

  @Option(help: "How many outputs are drawn.")
  var sample: Int = 60

  @Option(help: "The member of a line that names its class; without it, a file's directory and name do.")
  var by: String?

  @Option(help: "What the draw follows from; at random unless given.")
  var seed: UInt64?

  @Flag(help: "Put each output's text into the sheet, leaks and all.")
  var withText = false

  @Option(name: .shortAndLong, help: "Write the sheet to this file.")
  var output: String?

  func validate() throws {
    if sample < 1 { throw ValidationError("`--sample` is at least 1") }
  }

  func run() async throws {
    let failures = Failures()
    var population = OutputPopulation(by: by)
    for document in DocumentWalk.documents(at: paths, report: failures.report) {
      do {
        try population.add(document)
      } catch let failure as CommandFailure {
        throw failure
      } catch {
        failures.report(error, about: document)
      }
    }
    // A sample of a part would be taken for one of the whole.
    if let code = failures.exitCode { throw code }
    let seed = seed ?? .random(in: 0...UInt64.max)
    let sheet = SpotCheckSheet(SpotCheckDraw(of: sample, from: population.outputs, seed: seed), seed: seed)
    let lines = sheet.lines { withText ? population.text(of: $0) : nil }
    do throws(FileFailure) {
      var file = try output.map { path throws(FileFailure) in try OutputFile(path) } ?? OutputFile()
      try file.write(lines)
      try file.commit()
    } catch {
      throw CommandFailure(.outputFailed, error.message)
    }
  }
}

/// `cordon evaluate spot-check result`: reads a reviewed sheet.
struct SpotCheckResultCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "result", abstract: "Read a reviewed sheet: leak rates by class, with exact upper bounds.",
    discussion: """
      The bound is Clopper and Pearson's, on one side. It holds for each class by itself. Exit codes: 0 nothing to \
      hold against the outputs, 1 findings, 2 bad usage, 65 unreadable sheet.
      """)

  @Argument(help: "The reviewed sheet.")
  var sheet: String

  @Option(help: "In how many outputs of a class something may leak.")
  var allow: Int = 0

  @Option(help: "The share of a class that may leak at most, such as 5%; a higher bound is a finding.")
  var bound: Share?

  @Option(help: "How sure the bound is, such as 95%.")
  var confidence: Share = Share(0.95)

  func validate() throws {
    if allow < 0 { throw ValidationError("`--allow` is not negative") }
    if confidence.value <= 0 || confidence.value >= 1 {
      throw ValidationError("`--confidence` is between 0 % and 100 %")
    }
  }

  func run() async throws {
    guard let lines = TextFile.contents(of: sheet) else {
      throw CommandFailure(.unreadableInput, "cannot read `\(sheet)`")
    }
    let result: SpotCheckResult
    do {
      result = SpotCheckResult(try SpotCheckSheet(reading: lines), confidence: confidence.value)
    } catch {
      throw CommandFailure(.unreadableInput, "cannot read `\(sheet)`: \(error)")
    }
    let report = SpotCheckReport(result, confidence: confidence)
    StandardOutput.line(report.text)
    let findings = result.findings(allowing: allow, bound: bound?.value)
    guard !findings.isEmpty else { return }
    StandardOutput.line("")
    for finding in findings { StandardOutput.line("finding: \(report.sentence(finding, allow, bound))") }
    throw ExitCode(1)
  }
}
