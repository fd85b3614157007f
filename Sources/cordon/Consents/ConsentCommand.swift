import ArgumentParser
import Bytes
import Ciphers
import Gateway
import Vault
import struct Foundation.Data
import class Foundation.FileHandle

/// `cordon consent`: what patients authorize and restrict.
struct ConsentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "consent",
    abstract: "Keep what patients authorize and restrict, which the gateway asks for each request.",
    discussion: """
      Authorizations (45 CFR 164.508) and restrictions (164.522(a), 164.506(b)) are sealed under the key of each patient. \
      Who records them has the role `privacy_officer` in the vault; who reads them, that or `auditor`. Each change and \
      each reading is in the log, by the patient's tag. A change counts from the next request on, and stops what it \
      forbids while it runs. A patient's reference is read from a file or from standard input, never from the command line.
      """,
    subcommands: [
      ConsentAddCommand.self, ConsentImportCommand.self, ConsentListCommand.self, ConsentRevokeCommand.self,
      ConsentCheckCommand.self, ConsentBehindCommand.self, ConsentSettleCommand.self,
    ])
}

/// Whom a command of the register is about.
struct ConsentPatientOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp("A file whose first line is the patient's reference; else standard input.", valueName: "file"))
  var from: String?

  /// The reference, as requests name the patient.
  private func reference() throws -> SubjectReference { try SubjectReference(reading: .patient, from: from) }

  /// The references under which the register may have something of the patient.
  func spellings() throws -> [SubjectReference] {
    PatientSpelling.all(of: try reference().identifier).map { SubjectReference(.patient, $0) }
  }
}

/// One officer at work in the register, whose events are in the log before anything is told.
struct ConsentDesk {
  let vault: Vault
  let place: VaultPlace
  let officer: ConsentOfficer

  /// What `body` does in the register of the vault that is meant.
  static func open(
    _ options: VaultOptions, _ person: PersonOptions, changing: Bool, _ body: (ConsentDesk) async throws -> Void
  ) async throws {
    let key = try person.key()
    let place = try options.place()
    try await place.withVault(for: .use) { vault in
      let officer = try await VaultOptions.saying("the register of consents") { () async throws(VaultError) in
        try await vault.officer(key, changing: changing)
      }
      try await body(ConsentDesk(vault: vault, place: place, officer: officer))
    }
  }

  /// The names that records may use, which a configuration says.
  func vocabulary() throws -> ConsentVocabulary {
    guard let configuration = place.configuration else {
      throw CommandFailure(
        .noInput, "it takes the configuration, whose recipients and purposes records name\nhelp: `--config cordon.yaml`"
      )
    }
    return ConsentVocabulary(configuration)
  }

  /// What the register has of a patient, under all of its spellings that are known; the log has it that it was read.
  func register(of spellings: [SubjectReference]) async throws -> ConsentRegister {
    var known: [SubjectReference] = []
    for spelling in spellings where try await knows(spelling) { known.append(spelling) }
    // Of whom nobody knows, that is said.
    var joined = try await register(of: known.first ?? spellings[0])
    for other in known.dropFirst() { joined.join(try await register(of: other)) }
    return joined
  }

  /// What the register has of a patient; the log has it that it was read.
  func register(of patient: SubjectReference) async throws -> ConsentRegister {
    let (bytes, event) = try await VaultOptions.saying("the register of consents") { () async throws(VaultError) in
      try await vault.consents(of: patient, for: officer)
    }
    try await VaultRecorder.record(vault, place)
    try await VaultOptions.saying("the register of consents") { () async throws(VaultError) in
      try await vault.checkRecorded([event])
    }
    do {
      return try ConsentRegister(bytes)
    } catch {
      throw CommandFailure(.unreadableInput, "the register of consents: \(error)")
    }
  }

  /// Changes what the register has of a patient; what is as it was is not written, and no event.
  func change<Value: Sendable>(
    _ patient: SubjectReference, as event: VaultEvent.Name,
    _ change: @escaping @Sendable (inout ConsentRegister) -> Value
  ) async throws -> Value {
    let outcome = try await VaultOptions.saying("the register of consents") { () async throws(VaultError) in
      try await vault.changeConsents(
        of: patient, by: officer, as: event, restrictingUntil: ConsentRegister.lastRestrictedDay(of:)
      ) {
        kept -> (register: [UInt8]?, value: Result<Value, ConsentFault>, said: String?) in
        do throws(ConsentFault) {
          var register = try ConsentRegister(kept)
          let before = register
          let value = change(&register)
          return (register == before ? nil : register.bytes, .success(value), register.changes(since: before))
        } catch {
          return (nil, .failure(error), nil)
        }
      }
    }
    switch outcome {
    case .success(let value): return value
    case .failure(let fault): throw CommandFailure(.unreadableInput, "the register of consents: \(fault)")
    }
  }

  /// Whether anybody has been recorded under this reference yet.
  func knows(_ patient: SubjectReference) async throws -> Bool {
    try await VaultOptions.saying("the register of consents") { () async throws(VaultError) in
      try await vault.knows(patient)
    }
  }

  /// A name for a record that no other has.
  static func newID() -> String {
    var random = SystemRandomNumberGenerator()
    return Hex.encode([UInt8](randomCount: 8, using: &random))
  }

  /// A document that is named, or standard input.
  static func document(_ path: String) throws -> [UInt8] {
    let bytes =
      path == "-" ? try? FileHandle.standardInput.readToEnd().map { [UInt8]($0) } : TextFile.contents(of: path)
    guard let bytes else { throw CommandFailure(.noInput, "\(path): cannot be read") }
    return bytes
  }

  static let unknownPatient =
    "nobody has been recorded under this reference before: see that requests name the patient by the same"
}
