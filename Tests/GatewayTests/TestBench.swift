import AsyncAlgorithms
import Bytes
import Detection
import Foundation
import Gateway
import Ciphers
import Ledger
import PHI
import Providers
import Synchronization
import TestKit
import Testing
import Vault

/// A tool server that nobody has started.
private struct AbsentToolServer: ToolEndpoint {
  func send(_ message: OutboundToolMessage) async throws(VendorFailure) -> ToolServerAnswer {
    throw VendorFailure(.unreachable)
  }
}

/// A gateway with a scripted vendor, a log in a folder of its own and a clock that stands still.
struct TestBench {
  let gateway: Gateway
  let ledger: AuditLog
  let vault: Vault
  let configuration: Configuration
  private let folder: TemporaryFolder
  private let moment: Shared<Atomic<Int64>>

  init(
    _ vendor: ScriptedVendor, today: String = "2026-06-01", yaml: String = SampleConfiguration.yaml,
    site: SiteLists? = nil, readers: Readers = Readers(), registry: AgreementRegistry = AgreementRegistry(),
    others: [String: any ModelEndpoint] = [:], clock: TestClock? = TestClock(), traces: Traces? = nil,
    policies: PolicyText = .hospital, vaultClock: @escaping @Sendable () -> Moment = Moment.now,
    hasOfficer: Bool = false
  ) async throws {
    var configuration = try Configuration(yaml: yaml)
    folder = try TemporaryFolder()
    configuration.dataDirectory = folder.path
    self.configuration = configuration
    let day = try #require(Timestamp(today))
    let moment = Shared(Atomic(day.milliseconds))
    self.moment = moment
    vault = try await TestBench.vault(
      in: folder.path, newSubjects: configuration.vault.newSubjectsPerDay, hasOfficer: hasOfficer, clock: vaultClock)
    // Time passes here by leaps, and how long the machine takes for it is nothing to the log.
    var limits = AuditLog.Limits()
    limits.clockStep = .seconds(100 * 366 * 86_400)
    ledger = try AuditLog.open(data: folder.path, key: try await vault.logSigningKey(), clock: { day }, limits: limits)
    let requests = Atomic(0)
    let count: @Sendable () -> String = { [requests = Shared(requests)] in
      String(requests.value.add(1, ordering: .relaxed).newValue)
    }
    gateway = Gateway(
      configuration, site: site, readers: readers,
      policy: configuration.policy == nil ? nil : try PolicyInForce(policies, for: configuration),
      endpoints: Dictionary(
        uniqueKeysWithValues: configuration.vendors.map { ($0.id, others[$0.id.name] ?? vendor) }),
      toolEndpoints: Dictionary(
        uniqueKeysWithValues: configuration.vendors.map { ($0.id, AbsentToolServer() as any ToolEndpoint) }),
      registry: registry, ledger: ledger, vault: vault,
      clock: (clock?.from { moment.value.load(ordering: .relaxed) }) ?? .ofTheSystem(from: day),
      chance: Chance { $0 }, traces: traces, newID: count)
  }

  /// What `/metrics` says now.
  var metrics: String {
    guard case .whole(let page) = gateway.metricsPage().body else { return "" }
    return String(decoding: page, as: UTF8.self)
  }

  /// Sets the gateway's clock to the beginning of a day.
  func turnClock(to day: String) throws {
    moment.value.store(try #require(Timestamp(day)).milliseconds, ordering: .relaxed)
  }

  private static func officerKey() throws -> CustodianKey {
    var random = SeededGenerator(seed: 8)
    guard let key = CustodianKey(name: "olga", using: &random) else { throw PolicyFault("no key") }
    return key
  }

  /// Who keeps the register of consents, where the bench has somebody who does.
  func officer() async throws -> ConsentOfficer {
    let key = try TestBench.officerKey()
    return try await vault.officer(key, changing: true)
  }

  /// Has the register say this of a patient from now on, and the log that it does.
  func register(_ register: ConsentRegister, of patient: String) async throws {
    let bytes = register.bytes
    try await vault.changeConsents(
      of: SubjectReference(.patient, patient), by: try await officer(), as: .consentRecorded,
      restrictingUntil: { ConsentRegister.lastRestrictedDay(of: $0) }
    ) { _ in (bytes, (), "recorded") }
    try await gateway.takeVaultEvents()
  }

  /// A vault in `folder` whose passphrase costs little.
  private static func vault(
    in folder: String, newSubjects: Int, hasOfficer: Bool, clock: @escaping @Sendable () -> Moment
  ) async throws -> Vault {
    var random = SeededGenerator(seed: 7)
    let cheap = try #require(Argon2Parameters(memory: 64, passes: 1, lanes: 1))
    let provider = try LocalProvider.create(
      folder: "\(folder)/keys", passphrase: PassphraseSource { () throws(VaultError) in Array("opal".utf8) },
      parameters: cheap)
    var people: [Custodian] = []
    for name in ["alice", "bruno"] {
      guard let key = CustodianKey(name: name, using: &random) else { continue }
      let person = Custodian(name: name, key: key.verificationKey, roles: [.keyAdministrator])
      people.append(try #require(person))
    }
    if hasOfficer {
      let key = try officerKey()
      people.append(try #require(Custodian(name: key.name, key: key.verificationKey, roles: [.privacyOfficer])))
    }
    _ = try await Vault.create(data: folder, provider: provider, people: people)
    var settings = Vault.Settings()
    settings.newSubjectsPerDay = Int64(newSubjects)
    return try Vault.open(data: folder, provider: provider, for: .use, settings: settings, clock: clock)
  }

  /// Asks with one user message.
  func ask(
    _ text: String, useCase: String?, streaming: Bool = false, patient: String? = nil, user: String? = nil,
    stating facts: FactHeaders = FactHeaders()
  ) async throws -> TestAnswer {
    try await send(
      Self.body(text, streaming: streaming), useCase: useCase, patient: patient, user: user, stating: facts)
  }

  /// Who had access to what concerns a patient.
  func report(on patient: String) async throws -> AccessReport {
    let subject = SubjectReference(.patient, patient)
    let report = try AccessReport(
      on: try await vault.tag(of: subject), in: await ProvedLogs.of(data, vault))
    return try await vault.withClear(
      subject, for: "p_auditor", recording: { [gateway] in try await gateway.takeVaultEvents() }
    ) { scope in
      var report = report
      try await report.open(in: scope)
      return report
    }.value
  }

  /// The folder of the log and the vault.
  var data: String { folder.path }

  /// Every file of the data directory.
  func files() throws -> [(name: String, bytes: [UInt8])] {
    try FileManager.default.subpathsOfDirectory(atPath: data).compactMap { name in
      FileManager.default.contents(atPath: "\(data)/\(name)").map { (name, Array($0)) }
    }
  }

  /// Sends a body and takes the whole answer.
  func send(
    _ body: [UInt8], as operation: Providers.Operation = .chatCompletions, useCase: String?, patient: String? = nil,
    user: String? = nil, key: String? = nil, stating facts: FactHeaders = FactHeaders(),
    from client: ConfiguredName? = nil
  ) async throws -> TestAnswer {
    var call = call(body, useCase)
    (call.facts, call.client) = (facts, client)
    call.operation = operation
    (call.patient, call.user, call.idempotencyKey) = (patient, user, key)
    let reply = await gateway.answer(call)
    switch reply.body {
    case .whole(let bytes): return try TestAnswer(status: reply.status, headers: reply.headers, body: bytes)
    case .streamed(let body):
      var bytes: [UInt8] = []
      for await piece in body.pieces { bytes += piece }
      bytes += body.lastWords.take() ?? []
      return TestAnswer(status: reply.status, headers: reply.headers, events: bytes)
    }
  }

  /// Asks for a stream, calls `meanwhile` after its first piece, and takes the rest.
  func ask(
    _ text: String, useCase: String?, user: String? = nil, meanwhile: () async throws -> Void
  ) async throws -> TestAnswer {
    var call = call(Self.body(text, streaming: true), useCase)
    call.user = user
    let reply = await gateway.answer(call)
    guard case .streamed(let body) = reply.body else {
      Issue.record("is no stream")
      return TestAnswer(status: reply.status, headers: reply.headers, events: [])
    }
    var pieces = body.pieces.makeAsyncIterator()
    var bytes = await pieces.next() ?? []
    try await meanwhile()
    while let piece = await pieces.next() { bytes += piece }
    bytes += body.lastWords.take() ?? []
    return TestAnswer(status: reply.status, headers: reply.headers, events: bytes)
  }

  /// Asks for a stream and goes away at its first piece.
  func leaveStream(_ text: String, useCase: String?) async throws {
    let reply = await gateway.answer(call(Self.body(text, streaming: true), useCase))
    guard case .streamed(let body) = reply.body else {
      Issue.record("is no stream")
      return
    }
    #expect(await body.pieces.first { _ in true } != nil)
    body.producer.cancel()
    await body.producer.value
  }

  /// The entries of the log.
  func entries() async throws -> [JSONValue] {
    try await ledger.close()
    var reader = try EntryReader(data: folder.path)
    var entries: [JSONValue] = []
    while let entry = try reader.next() { entries.append(try JSONValue(parsing: entry.json)) }
    return entries
  }

  private func call(_ body: [UInt8], _ useCase: String?) -> ModelCall {
    ModelCall(
      .chatCompletions, requestID: gateway.newRequestID(), caller: configuration.callers[0], useCase: useCase,
      body: body)
  }

  static func body(_ text: String, streaming: Bool = false) -> [UInt8] {
    let body: JSONValue = [
      "model": "gpt-4o-mini", "stream": .bool(streaming),
      "messages": [["role": "system", "content": "Answer."], ["role": "user", "content": .string(text)]],
    ]
    return body.bytes
  }
}

/// A value that closures share.
final class Shared<Value: ~Copyable & Sendable>: Sendable {
  let value: Value
  init(_ value: consuming Value) { self.value = value }
}

/// An answer of the gateway, as a client reads it.
struct TestAnswer {
  var status: Int
  var headers: [(name: String, value: String)]
  /// The content, its pieces joined.
  var text = ""
  /// The code of the error, if it is one.
  var error: String?
  var message = ""
  /// Whether the stream ended with `[DONE]`.
  var isDone = false
  /// Its bytes.
  let body: [UInt8]

  init(status: Int, headers: [(name: String, value: String)], body: [UInt8]) throws {
    self.status = status
    self.headers = headers
    self.body = body
    let json = try JSONValue(parsing: body)
    text = json["choices"]?.array?.first?["message"]?["content"]?.string ?? ""
    error = json["error"]?["code"]?.string
    message = json["error"]?["message"]?.string ?? ""
  }

  init(status: Int, headers: [(name: String, value: String)], events: [UInt8]) {
    self.status = status
    self.headers = headers
    body = events
    for line in String(decoding: events, as: UTF8.self).split(separator: "\n") {
      guard line.hasPrefix("data: ") else { continue }
      guard line != "data: [DONE]" else {
        isDone = true
        continue
      }
      let json = try? JSONValue(parsing: Array(line.utf8.dropFirst(6)))
      text += json?["choices"]?.array?.first?["delta"]?["content"]?.string ?? ""
      error = json?["error"]?["code"]?.string ?? error
    }
  }
}
