import ArgumentParser
import Ciphers
import Foundation
import Gateway
import Ledger
import PHI
import Vault

/// `cordon vendor`: what is agreed with vendors.
struct VendorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vendor", abstract: "Keep the agreements with vendors, and say what is missing.",
    discussion: """
      The registry is the file `agreements.yaml` of the data directory; a running gateway takes a change up within a \
      second and records it in the log. Where a vendor is and how it is paid stays in cordon.yaml.
      """,
    subcommands: [
      VendorAddCommand.self, VendorListCommand.self, VendorCheckCommand.self, VendorTerminateCommand.self,
      VendorTemplateCommand.self,
    ])
}

/// The registry of a data directory, as commands change it.
struct RegistryFile {
  let place: VaultPlace

  var path: String { "\(place.data)/\(AgreementRegistry.file)" }

  /// What it says, or said in the version with a hash.
  func list(_ version: Digest? = nil) throws -> AgreementList {
    let found: AgreementList?
    do throws(ConfigurationError) {
      found =
        if let version { try AgreementRegistry.version(version, ofFileAt: path) } else {
          try AgreementRegistry.list(at: path)
        }
    } catch {
      throw CommandFailure(.unreadableInput, "\(path): \(error)")
    }
    guard let found else {
      throw CommandFailure(.noInput, "no such version of the registry was kept in `\(place.data)`")
    }
    return found
  }

  /// Changes it while nobody else does, and has the log say who did it and what it was before and after.
  ///
  /// The change stands also when the log cannot be told, which is an error then: what a gateway takes up it records itself.
  func change(by person: String, _ body: (inout AgreementList) throws -> Void) async throws {
    let (before, after): (AgreementList, AgreementList)
    do {
      (before, after) = try AgreementRegistry.change(at: path, body)
    } catch let error as FileFault {
      throw CommandFailure(.outputFailed, "\(path): \(error)")
    } catch let error as ConfigurationError {
      throw CommandFailure(.unreadableInput, "\(path): \(error)")
    }
    guard before != after, let name = AgreementList.change(from: before.digest, to: after.digest) else { return }
    try await Recording.record(.agreementsChanged, about: name.description, by: person, place) { _ in
      StoredChange(from: before.digest, to: after.digest)
    }
  }
}

/// Tells the log of what was done with a file.
enum Recording {
  typealias Change = @Sendable (Vault) async throws -> StoredChange

  /// Throws before anything is changed when no event of it could be recorded.
  ///
  /// A data directory without a vault has no log yet: what is prepared in it is not recorded.
  static func check(_ place: VaultPlace) async throws {
    guard hasVault(place) else { return }
    try await place.withVault(for: .use) { vault in
      try await VaultOptions.saying("nothing was changed: the vault") { () async throws(VaultError) in
        _ = try await vault.code(of: [])
      }
    }
  }

  /// Records a note; `change` says what became of what is stored, with codes of the vault where content could be guessed.
  ///
  /// - Throws: when no event of it is in the log; what was done stays done.
  static func record(
    _ note: Note, about object: String, by person: String, _ place: VaultPlace, _ change: @escaping Change
  ) async throws {
    try await record(place) { vault in
      try await vault.note(note, about: object, by: [person], change: try await change(vault))
    }
  }

  /// The same for several notes.
  static func record(_ place: VaultPlace, _ notes: @escaping @Sendable (Vault) async throws -> Void) async throws {
    guard hasVault(place) else {
      StandardError.line("warning: there is no vault in `\(place.data)` yet, and no event of this in a log")
      return
    }
    do {
      try await place.withVault(for: .use) { vault in
        try await notes(vault)
        try await VaultRecorder.record(vault, place)
      }
    } catch {
      let reason = (error as? CommandFailure)?.message ?? "\(error)"
      throw CommandFailure(.unavailable, "it is done, and no event of it is in the log: \(reason)")
    }
  }

  /// Records a note of what has to be done in any case; a failure is a warning.
  static func attempt(
    _ note: Note, about object: String, by person: String, _ place: VaultPlace, _ change: @escaping Change
  ) async {
    do {
      try await record(note, about: object, by: person, place, change)
    } catch {
      StandardError.line("warning: \((error as? CommandFailure)?.message ?? "\(error)")")
    }
  }

  static func hasVault(_ place: VaultPlace) -> Bool { !TextFile.names(in: "\(place.data)/vault").isEmpty }
}

/// Who does it.
struct ActorOptions: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("Your name, for the log (default: that of your account).", valueName: "name"))
  var by: String?

  var person: String { by ?? NSUserName() }
}

/// `cordon vendor add`: takes an agreement into the registry.
struct VendorAddCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Record an agreement with a vendor, or new terms of one that is recorded.",
    discussion: """
      The file has the keys that `cordon vendor template` prints. It is refused while it does not say where the signed \
      document has each clause that 45 CFR 164.504(e) and 164.314(a) require.
      """)

  @OptionGroup var options: VaultOptions
  @OptionGroup var actor: ActorOptions

  @Argument(help: ArgumentHelp("The file with the agreement; - is standard input.", valueName: "file"))
  var file: String

  @Option(
    name: .long, help: ArgumentHelp("The signed document, whose SHA-256 is recorded with it.", valueName: "file"))
  var document: String?

  func run() async throws {
    var entry = try entry()
    if let document {
      guard let bytes = TextFile.contents(of: document) else {
        throw CommandFailure(.noInput, "\(document): cannot be read")
      }
      entry.agreement.document = Digest(hashing: bytes.span)
    }
    let registry = RegistryFile(place: try options.place())
    let (vendor, agreement) = (entry.vendor, entry.agreement)
    try knows(vendor)
    var old: AgreementList.Entry?
    try await Recording.check(registry.place)
    try await registry.change(by: actor.person) { [entry] list in
      if let other = list.entries.first(where: { $0.agreement.id == agreement.id }), other.vendor != vendor {
        throw CommandFailure(.unreadableInput, "agreement `\(agreement.id)` is recorded for vendor `\(other.vendor)`")
      }
      old = list.put(entry)
    }
    StandardOutput.line(
      "\(old == nil ? "recorded" : "recorded anew"): agreement \(agreement.id) with \(vendor), in force from "
        + "\(agreement.begins) to \(agreement.expires)")
  }

  private func entry() throws -> AgreementList.Entry {
    let text: [UInt8]?
    if file == "-" {
      text = (try? FileHandle.standardInput.readToEnd()).map { [UInt8]($0) }
    } else {
      text = TextFile.contents(of: file)
    }
    guard let text else { throw CommandFailure(.noInput, "\(file): cannot be read") }
    do throws(ConfigurationError) {
      return try AgreementList.entry(yaml: String(decoding: text, as: UTF8.self))
    } catch {
      throw CommandFailure(.unreadableInput, "\(file): \(error)")
    }
  }

  /// A vendor that the configuration does not have would be covered for nothing.
  private func knows(_ vendor: ConfiguredID<Vendor>) throws {
    guard let config = options.config else { return }
    let configuration = try Assembly.goodConfiguration(at: config)
    guard configuration.vendors.contains(where: { $0.id == vendor }) else {
      let names = configuration.vendors.map { "`\($0.id)`" }.joined(separator: ", ")
      throw CommandFailure(.unreadableInput, "\(config) has no vendor `\(vendor)`\nhelp: it has \(names)")
    }
  }
}

extension Assembly {
  /// A configuration without mistakes, or the failure that names the first.
  static func goodConfiguration(at path: String) throws -> Configuration {
    do {
      return try configuration(at: path)
    } catch let error as ConfigurationError {
      throw CommandFailure(.badConfiguration, "\(path): \(error)")
    }
  }
}

/// `cordon vendor terminate`: ends an agreement before its time.
struct VendorTerminateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "terminate", abstract: "End an agreement before its time.",
    discussion: """
      From the given day on (today, unless given) nothing is sent under it, and answers that are under way are stopped. \
      The vendor has to return or destroy what it holds (45 CFR 164.504(e)(2)(ii)(J)).
      """)

  @OptionGroup var options: VaultOptions
  @OptionGroup var actor: ActorOptions

  @Argument(help: "The agreement's id.")
  var agreement: String

  @Option(name: .long, help: ArgumentHelp("The first day on which it is not in force (UTC).", valueName: "day"))
  var on: CalendarDate?

  func run() async throws {
    let day = on ?? VendorClock.today
    guard let id = ConfiguredID<Agreement>(agreement) else { throw ValidationError("That is no agreement's id.") }
    try await RegistryFile(place: try options.place()).change(by: actor.person) { list in
      guard list.terminate(id, on: day) else {
        throw CommandFailure(
          .noInput, "the registry has no agreement `\(id)`\nhelp: `cordon vendor list` shows what it has")
      }
    }
    StandardOutput.line("terminated: agreement \(id), from \(day) on")
  }
}

/// The day by the clock of the machine.
enum VendorClock {
  static var today: CalendarDate { CalendarDate(secondsSinceEpoch: Assembly.now() / 1_000) }
}

extension CalendarDate: ExpressibleByArgument {
  /// The day written as `2026-11-21`.
  public init?(argument: String) { self.init(argument) }
}
