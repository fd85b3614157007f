import ArgumentParser
import Bytes
import Vault

/// `cordon kept`: what the tokens stand for in what vendors keep.
struct KeptCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kept", abstract: "Show and delete what belongs to conversations that vendors keep.",
    discussion: """
      Where a use case has `kept_by_vendor`, the vendor keeps a conversation with tokens in it, and Cordon a sealed map \
      of what they stand for, until its time is over. A map is named by a keyed code, as in the log (`map.kept`); what \
      the vendor calls the conversation is not shown. The key of a patient destroyed by `cordon subject shred` makes \
      every map about the patient unreadable at once.

      Where a use case has `deferred`, requests that the gateway carries out later, and their answers, are kept in the same way \
      (`deferred`, `deferred_answer`), but not under the keys of people: they are readable until their time is over, and \
      `--subject` does not find them.
      """,
    subcommands: [KeptListCommand.self, KeptDeleteCommand.self, KeptRepairCommand.self])
}

/// Which maps are meant.
struct KeptSelection: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("Those of this caller.", valueName: "name")) var caller: String?
  @Option(name: .long, help: ArgumentHelp("Those of this use case.", valueName: "name")) var useCase: String?
  @Option(name: .long, help: ArgumentHelp("Those for what this vendor keeps.", valueName: "name")) var vendor: String?
  @Option(name: .long, help: ArgumentHelp("Those about the subject with this tag.", valueName: "tag"))
  var subject: SubjectTag?

  /// Whether it names anything.
  var isNarrow: Bool { caller != nil || useCase != nil || vendor != nil || subject != nil }

  /// Whether a map is meant.
  func names(_ record: KeptRecord) -> Bool {
    (caller ?? record.caller) == record.caller && (useCase ?? record.useCase) == record.useCase
      && (vendor ?? record.vendor) == record.vendor && subject.map { record.subjects.contains($0.digest) } ?? true
  }
}

/// `cordon kept list`.
struct KeptListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Show which maps there are, for whom, until when and how large.")

  @OptionGroup var options: VaultOptions
  @OptionGroup var selection: KeptSelection
  @Flag(name: .long, help: "Print JSON, one map a line.") var json = false

  func run() async throws {
    try await options.withVault { vault, place in
      let records = try VaultOptions.saying("kept") { () throws(VaultError) in
        try KeptMaps.exists(vault) ? try KeptMaps(vault).records() : []
      }.filter(selection.names)
      for record in records { StandardOutput.line(json ? record.json : record.line) }
      guard !json else { return }
      let bytes = records.reduce(0) { $0 + $1.byteCount }
      StandardOutput.line("\(records.count) maps, \(bytes) bytes")
    }
  }
}

/// `cordon kept delete`.
struct KeptDeleteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete", abstract: "Delete maps: nobody goes on with, or sees again, what they belong to.",
    discussion: """
      Maps about somebody on whom there is a legal hold stay. Each deletion is announced and recorded in the log. What \
      the vendor keeps stays with it, without a way back from its tokens; callers delete it by `DELETE /v1/responses/…`.
      """)

  @OptionGroup var options: VaultOptions
  @OptionGroup var selection: KeptSelection
  @Flag(name: .long, help: "Delete all of them.") var all = false
  @Argument(help: "The codes of maps.") var codes: [String] = []

  func validate() throws {
    guard all || selection.isNarrow || !codes.isEmpty else {
      throw ValidationError("Say which: codes, --caller, --use-case, --vendor, --subject, or --all.")
    }
    for code in codes {
      guard KeptCode(code) != nil else { throw ValidationError("A code has 32 hexadecimal digits.") }
    }
  }

  func run() async throws {
    try await options.withVault { vault, place in
      guard try VaultOptions.saying("kept", { () throws(VaultError) in try KeptMaps.exists(vault) }) else {
        return StandardOutput.line("deleted 0 maps")
      }
      let maps = try VaultOptions.saying("kept") { () throws(VaultError) in try KeptMaps(vault) }
      let wanted = Set(codes.compactMap { KeptCode($0) })
      let named = try VaultOptions.saying("kept") { () throws(VaultError) in try maps.records() }
        .filter { (wanted.isEmpty || wanted.contains($0.code)) && selection.names($0) }
      if let missing = wanted.first(where: { code in !named.contains { $0.code == code } }) {
        throw CommandFailure(.noInput, "there is no map `\(missing)`")
      }
      let held = try await VaultOptions.saying("kept") { () async throws(VaultError) in
        try await maps.dispose(of: named)
      }
      try await VaultRecorder.record(vault, place)
      StandardOutput.line("deleted \(named.count - held.count) maps")
      guard let first = held.first else { return }
      throw CommandFailure(.unavailable, "\(held.count) maps stay, such as `\(first.code)`: a legal hold keeps them")
    }
  }
}

/// `cordon kept repair`.
struct KeptRepairCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "repair", abstract: "Take out what somebody changed, put back or took away beside Cordon.",
    discussion: """
      What is not as the vault wrote it opens for nobody, and raises alerts until it is gone. Each of it is announced and \
      recorded in the log (`map.deleted` of `altered:…` or `missing:…`). While there is a legal hold, a map of which nobody \
      knows any more whom it is about stays. The other conversations go on throughout.
      """)

  @OptionGroup var options: VaultOptions
  @Flag(name: .long, help: "Show what is wrong, and change nothing.") var dryRun = false

  func run() async throws {
    try await options.withVault { vault, place in
      guard try VaultOptions.saying("kept", { () throws(VaultError) in try KeptMaps.exists(vault) }) else {
        return StandardOutput.line("nothing is wrong")
      }
      let maps = try VaultOptions.saying("kept") { () throws(VaultError) in try KeptMaps(vault) }
      let faults = try await VaultOptions.saying("kept") { () async throws(VaultError) in try await maps.faults() }
      guard !faults.isEmpty else { return StandardOutput.line("nothing is wrong") }
      if faults.isUnreadable { StandardOutput.line("the file does not say which maps it should have") }
      for name in faults.altered { StandardOutput.line("altered  \(name)") }
      for code in faults.missing { StandardOutput.line("missing  \(code)") }
      guard !dryRun else { return }
      let repair = try await VaultOptions.saying("kept") { () async throws(VaultError) in try await maps.repair() }
      try await VaultRecorder.record(vault, place)
      StandardOutput.line("took out \(repair.taken.count) maps, \(repair.missing.count) were missing")
      guard let first = repair.held.first else { return }
      throw CommandFailure(
        .unavailable, "\(repair.held.count) maps stay, such as `\(first)`: a legal hold keeps them, or may")
    }
  }
}

extension KeptRecord {
  fileprivate var line: String {
    "\(code)  \(kind.rawValue)  \(caller)  \(useCase)  \(vendor)  \(created) to \(expires)  \(byteCount) bytes"
      + subjects.map { "  about \($0)" }.joined()
  }

  fileprivate var json: String {
    let value: JSONValue = [
      "code": .string("\(code)"), "kind": .string(kind.rawValue), "caller": .string(caller),
      "use_case": .string(useCase), "vendor": .string(vendor), "created": .string("\(created)"),
      "expires": .string("\(expires)"), "bytes": .integer(byteCount),
      "subjects": .array(subjects.map { .string("\($0)") }),
    ]
    return String(decoding: value.bytes, as: UTF8.self)
  }
}
