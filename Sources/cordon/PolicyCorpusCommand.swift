import ArgumentParser
import Policy

import class Foundation.FileManager
import class Foundation.Process
import struct Foundation.URL
import struct Foundation.UUID

/// `cordon policy corpus`: runs a folder of Cedar's conformance tests.
struct PolicyCorpusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "corpus", abstract: "Run a folder of Cedar's conformance tests and print the agreement.",
    discussion: """
      The paths in a test are relative to the folder; what `*.tar.gz` files in it hold is run too. Exits 0 only when
      validation, decision, reasons and errors of every test are as expected.
      """)

  @Argument(help: ArgumentHelp("The folder of tests.", valueName: "folder")) var folder: String

  func run() throws {
    var tally = Tally()
    try run(folder, &tally)
    for name in TextFile.names(in: folder) where name.hasSuffix(".tar.gz") {
      let temporary = FileManager.default.temporaryDirectory.appending(path: "cordon-corpus-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: temporary, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: temporary) }
      let process = try Process.run(
        URL(filePath: "/usr/bin/env"), arguments: ["tar", "-xzf", "\(folder)/\(name)", "-C", temporary.path])
      process.waitUntilExit()
      guard process.terminationStatus == 0 else {
        throw CommandFailure(.unreadableInput, "cannot unpack `\(folder)/\(name)`")
      }
      try run(temporary.path, &tally)
    }
    guard tally.tests > 0 else { throw CommandFailure(.noInput, "no conformance test in `\(folder)`") }
    StandardOutput.line(
      "\(tally.tests) tests, \(tally.requests) requests, \(tally.comparisons) comparisons, "
        + "\(tally.differences) differences: \(percentage(tally)) % agreement")
    guard tally.differences == 0 else { throw ExitCode(1) }
  }

  private struct Tally {
    var (tests, requests, comparisons, differences) = (0, 0, 0, 0)
  }

  // Rounded down: 100 only when nothing differs.
  private func percentage(_ tally: Tally) -> String {
    let hundredths = (tally.comparisons - tally.differences) * 10_000 / max(tally.comparisons, 1)
    return "\(hundredths / 100).\(hundredths / 10 % 10)\(hundredths % 10)"
  }

  private func run(_ folder: String, _ tally: inout Tally) throws {
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
    for name in names.sorted() where name.hasSuffix(".json") {
      guard let source = TextFile.contents(of: "\(folder)/\(name)"), let test = ConformanceTest(source) else {
        continue
      }
      let outcome = test.run(
        policies: try contents(test.files.policies, in: folder),
        entities: try contents(test.files.entities, in: folder),
        schema: try contents(test.files.schema, in: folder))
      tally.tests += 1
      tally.requests += outcome.requests
      tally.comparisons += outcome.comparisons
      tally.differences += outcome.differences.count
      for difference in outcome.differences {
        StandardOutput.line(
          "\(name): \(difference.part): expected `\(difference.expected)`, found `\(difference.found)`")
      }
    }
  }

  // A folder of the suite can be given too, whose tests name their files from the folder above.
  private func contents(_ path: String, in folder: String) throws -> [UInt8] {
    guard let bytes = TextFile.contents(of: "\(folder)/\(path)") ?? TextFile.contents(of: "\(folder)/../\(path)") else {
      throw CommandFailure(.noInput, "cannot read `\(folder)/\(path)`")
    }
    return bytes
  }
}
