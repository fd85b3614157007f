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
      one that is inactive ends it, one that is refused ends what the older one authorized; an older one, and one that says what \
      it said before, change nothing. It ends with 65 when any was refused.
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

  @Option(
    name: .long,
    help: ArgumentHelp(
      "What the server of the documents is called, each time the same, where several give the same ids.",
      valueName: "name"))
  var server: String?

  @Argument(help: ArgumentHelp("The documents, or - for standard input.", valueName: "file"))
  var files: [String]

  func validate() throws { _ = try terms() }

  func run() async throws {
    let terms = try terms()
    let documents = try files.map { ($0, try ConsentDesk.document($0)) }
    try await ConsentDesk.open(options, person, changing: true) { desk in
      let vocabulary = try desk.vocabulary()
      var work = Work(desk: desk, vocabulary: vocabulary, terms: terms)
      for (file, document) in documents { await work.take(document, file) }
      try await VaultRecorder.record(desk.vault, desk.place)
      if work.strangers > 0 {
        StandardError.line("warning: of \(work.strangers) patients \(ConsentDesk.unknownPatient)")
      }
      guard work.refused == 0 else {
        throw CommandFailure(
          .unreadableInput, "\(work.refused) refused, of which nothing was taken in; \(work.recorded) records made")
      }
    }
  }

  /// What one call imports: what is refused of it does not keep the rest from being recorded.
  private struct Work {
    let desk: ConsentDesk
    let vocabulary: ConsentVocabulary
    let terms: FHIRConsent.Terms
    var recorded = 0
    var refused = 0
    var strangers = 0

    mutating func take(_ document: [UInt8], _ file: String) async {
      let resources: [Result<JSONValue, ConsentFault>]
      do {
        resources = try FHIRConsent.resources(in: document)
      } catch {
        return refuse(file, "\(error)")
      }
      var seen: Set<[String]> = []
      for (place, resource) in resources.enumerated() {
        let label = "\(file): resource \(place + 1)"
        do {
          try await take(try resource.get(), label, &seen)
        } catch {
          refuse(label, "\(error)")
          if let json = try? resource.get() { await endAuthorized(json, label) }
        }
      }
    }

    private mutating func refuse(_ label: String, _ reason: String) {
      StandardError.line("\(label): refused: \(reason)")
      refused += 1
    }

    private mutating func take(_ json: JSONValue, _ label: String, _ seen: inout Set<[String]>) async throws {
      let now = Assembly.now()
      let consent = try FHIRConsent(json, terms, at: now, newID: ConsentDesk.newID)
      for record in consent.records { try vocabulary.check(record) }
      let origin = consent.origin
      guard seen.insert([origin.patient, origin.source]).inserted || origin.edition.isNumbered else {
        throw ConsentFault("id", "is that of another resource of the document, and nothing says which is newer")
      }
      let patient = SubjectReference(.patient, PatientSpelling.plain(origin.patient))
      let isNew = try await !desk.knows(patient)
      let records = consent.records
      // What is over ends what was there of it; of a patient who is not known there is nothing.
      guard !records.isEmpty || !isNew else { return StandardOutput.line("\(label): nothing in force") }
      let outcome = try await desk.change(patient, as: records.isEmpty ? .consentEnded : .consentRecorded) { register in
        register.take(consent, at: now)
      }
      if isNew { strangers += 1 }
      switch outcome {
      case .taken:
        recorded += records.count
        let kinds = records.map { "\($0.kind.name) \($0.id)" }.joined(separator: ", ")
        StandardOutput.line("\(label): \(kinds.isEmpty ? "nothing in force" : kinds)")
      case .unchanged: StandardOutput.line("\(label): unchanged")
      case .endedByHand:
        StandardOutput.line("\(label): unchanged: what was ended by hand stays ended")
      case .older: refuse(label, "`meta`: nothing says that it is newer than what was imported of it before")
      }
    }

    /// What an older version authorized does not go on when the newer one is not understood.
    private func endAuthorized(_ json: JSONValue, _ label: String) async {
      do {
        let origin = try FHIRConsent.Origin(of: json, terms)
        let patient = SubjectReference(.patient, PatientSpelling.plain(origin.patient))
        guard try await desk.knows(patient) else { return }
        let now = Assembly.now()
        let ended = try await desk.change(patient, as: .consentEnded) { $0.refuse(origin, at: now) }
        guard ended > 0 else { return }
        StandardError.line("\(label): ended \(ended) authorizations that an earlier version of it had given")
      } catch {
        StandardError.line("\(label): what an earlier version of it authorized is as it was: \(error)")
      }
    }
  }

  private func terms() throws -> FHIRConsent.Terms {
    var terms = FHIRConsent.Terms(byIdentifier: byIdentifier, server: server)
    guard server.map({ (1...64).contains($0.utf8.count) && !$0.contains(where: \.isWhitespace) }) ?? true else {
      throw ValidationError("--server takes a name of 1 to 64 bytes without spaces.")
    }
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
