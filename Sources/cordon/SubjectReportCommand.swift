import ArgumentParser
import Bytes
import Ciphers
import Gateway
import Ledger
import Vault

/// `cordon subject report`: who had access to what concerns one person.
struct SubjectReportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Print who had access to what concerns one person, when and for which purpose.",
    discussion: """
      The reference (a medical record number with its system, or an account, as requests gave it) is read from a file or \
      from standard input, never from the command line, where other processes would see it. It takes the role \
      `auditor`, and the log has an entry of the reading before anything is printed. The names that are printed are \
      personal. With --json one object a line. What two people gave up of a shard is not in the report: that it was, \
      standard error says, and with --json a first line with `given_up`.
      """)

  @OptionGroup var options: VaultOptions
  @OptionGroup var person: PersonOptions

  @Option(
    name: .long,
    help: ArgumentHelp("A file whose first line is the reference; else standard input.", valueName: "file"))
  var from: String?

  @Option(name: .long, help: ArgumentHelp("What it refers to: patient or workforce.", valueName: "kind"))
  var kind: SubjectReference.Kind = .patient

  @Flag(name: .long, help: "Print one JSON object a line.")
  var json = false

  func run() async throws {
    let key = try person.key()
    let name = key.name
    let reference = try reference()
    let place = try options.place()
    try await place.withVault(for: .use) { vault in
      let (tag, event) = try await VaultOptions.saying("report") { () async throws(VaultError) in
        try await vault.tag(ofReported: reference, by: key)
      }
      try await VaultRecorder.record(vault, place)
      try await VaultOptions.saying("report") { () async throws(VaultError) in try await vault.checkRecorded([event]) }
      let report = try await SubjectReportCommand.report(on: tag, place, vault)
      let (_, time) = try await vault.withClear(reference, for: vault.pseudonym(of: name)) {
        try await VaultRecorder.record(vault, place)
      } _: { [json] scope in
        var report = report
        try await report.open(in: scope)
        if json, !report.givenUp.isEmpty {
          StandardOutput.line(String(decoding: JSONValue.object(report.givenUp).bytes, as: UTF8.self))
        }
        for access in report.accesses { StandardOutput.line(json ? access.object : access.line) }
      }
      StandardError.line(
        "\(report.accesses.count) entries about the subject; \(report.evaluated) of \(report.population) looked through"
      )
      StandardError.line("in the clear for \(time / .milliseconds(1)) ms")
    }
  }

  private func reference() throws -> SubjectReference { try SubjectReference(reading: kind, from: from) }

  private static func report(on tag: Digest, _ place: VaultPlace, _ vault: Vault) async throws -> AccessReport {
    do {
      let logs = try await ProvedLogs.saying(place.data) { try await ProvedLogs.of(place.data, vault) }
      return try AccessReport(on: tag, in: logs)
    } catch let failure as CommandFailure {
      throw failure
    } catch {
      throw CommandFailure(.unreadableInput, "\(place.data): the log cannot be searched: \(error)")
    }
  }
}

extension SubjectReference.Kind: ExpressibleByArgument {}

extension AccessReport.Access {
  /// The access as a line: when, what, who, through which caller, for what, and the outcome.
  fileprivate var line: String {
    func text(_ member: String) -> String { entry[member]?.string ?? "-" }
    let who = personal?["user"]?.string ?? text("user")
    let place = shard.map { "\($0):\(index)" } ?? "\(index)"
    return "\(place)  \(time)  \(event.rawValue)  \(who)  \(text("caller"))  \(text("purpose"))  \(text("model"))"
  }

  /// The entry with what is personal, as JSON.
  fileprivate var object: String {
    var bytes: [UInt8] = []
    JSONValue.object(
      [
        JSONMember("index", .number(String(index))), JSONMember("entry", entry),
        JSONMember("personal", personal ?? .null),
      ] + (shard.map { [JSONMember("shard", .string($0.description))] } ?? [])
    ).write(into: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
