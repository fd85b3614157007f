import ArgumentParser
import Bytes
import Gateway
import Vault

/// `cordon consent import`: records what FHIR Consents say.
struct ConsentImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Record what Consents of FHIR R4 or R5 permit and deny.",
    discussion: """
      A document is one resource, a Bundle, or NDJSON. What a Consent denies becomes a restriction, and what it permits \
      within that an exception from it; what it permits under a law that wants it signed (such as `hipaa-auth` or \
      `42CFRPart2`) becomes an authorization, if nothing is missing. A Consent with anything in it that is not understood \
      is refused whole, and said; the others are recorded. A newer version of a Consent takes the place of the older one; \
      one that is inactive ends it. It ends with 65 when any was refused.
      """)

  @OptionGroup var options: VaultOptions
  @OptionGroup var person: PersonOptions

  @Option(
    name: .customLong("recipient"),
    help: ArgumentHelp(
      "Who somebody in the documents is here: a vendor, caller:NAME, or * for everybody. May be repeated.",
      valueName: "reference=name"))
  var recipients: [String] = []

  @Option(
    name: .long,
    help: ArgumentHelp(
      "What all of the signed forms state, of revocation, conditioning, redisclosure, with commas between.",
      valueName: "statements"))
  var states: String?

  @Flag(name: .long, help: "Requests name patients by identifiers, `system|value`, rather than by references.")
  var byIdentifier = false

  @Argument(help: ArgumentHelp("The documents, or - for standard input.", valueName: "file"))
  var files: [String]

  func validate() throws { _ = try terms() }

  func run() async throws {
    let terms = try terms()
    let documents = try files.map { ($0, try ConsentDesk.document($0)) }
    try await ConsentDesk.open(options, person, changing: true) { desk in
      let vocabulary = try desk.vocabulary()
      var (recorded, refused, strangers) = (0, 0, 0)
      for (file, document) in documents {
        let resources: [JSONValue]
        do {
          resources = try FHIRConsent.resources(in: document)
        } catch {
          StandardError.line("\(file): refused: \(error)")
          refused += 1
          continue
        }
        for (place, resource) in resources.enumerated() {
          let now = Assembly.now()
          let consent: FHIRConsent
          do {
            consent = try FHIRConsent(resource, terms, at: now, newID: ConsentDesk.newID)
            for record in consent.records { try vocabulary.check(record) }
          } catch {
            StandardError.line("\(file): resource \(place + 1): refused: \(error)")
            refused += 1
            continue
          }
          if try await ConsentImportCommand.take(consent, desk, at: now) { strangers += 1 }
          recorded += consent.records.count
          let kinds = consent.records.map { "\($0.kind.name) \($0.id)" }.joined(separator: ", ")
          StandardOutput.line("\(file): resource \(place + 1): \(kinds.isEmpty ? "nothing in force" : kinds)")
        }
      }
      try await VaultRecorder.record(desk.vault, desk.place)
      if strangers > 0 { StandardError.line("warning: of \(strangers) patients \(ConsentDesk.unknownPatient)") }
      guard refused == 0 else {
        throw CommandFailure(
          .unreadableInput, "\(refused) refused, of which nothing is in the register; \(recorded) records made")
      }
    }
  }

  /// Takes in what a resource says; whether nobody has been recorded under its patient's reference before.
  private static func take(_ consent: FHIRConsent, _ desk: ConsentDesk, at now: Int64) async throws -> Bool {
    let patient = SubjectReference(.patient, consent.patient)
    let isNew = try await !desk.knows(patient)
    let (records, source) = (consent.records, consent.source)
    // What is over ends what was there of it; of a patient who is not known there is nothing.
    guard !records.isEmpty || !isNew else { return false }
    _ = try await desk.change(patient, as: records.isEmpty ? .consentEnded : .consentRecorded) { register in
      guard !records.isEmpty || register.records.contains(where: { $0.source == source && $0.ended == nil }) else {
        return false
      }
      register.add(records, of: source, at: now)
      return true
    }
    return isNew
  }

  private func terms() throws -> FHIRConsent.Terms {
    var terms = FHIRConsent.Terms(byIdentifier: byIdentifier)
    for text in recipients {
      guard let sign = text.lastIndex(of: "="), sign != text.startIndex, text.index(after: sign) != text.endIndex else {
        throw ValidationError("--recipient takes REFERENCE=NAME.")
      }
      terms.recipients[String(text[..<sign])] = String(text[text.index(after: sign)...])
    }
    for text in states?.split(separator: ",") ?? [] {
      guard let statement = Authorization.Statement(rawValue: String(text)) else {
        throw ValidationError("--states takes revocation, conditioning and redisclosure.")
      }
      terms.statements.insert(statement)
    }
    return terms
  }
}
