import Bytes
import Ciphers
import Gateway
import Ledger
import TestKit
import Testing
import Vault

struct PartiesTests {
  private static let patients = ["Patient/QX-4471", "Patient/ZT-0052"]
  private static let users = ["tarn.quill@clinic.example", "ada.moon@clinic.example"]

  @Test(.proves("AUD-03"))
  func `reports exactly the accesses to one patient, by whom, when and for what`() async throws {
    let bench = try await TestBench(.echo())
    var expected: [String] = []
    for number in 0..<12 {
      let (patient, user) = (Self.patients[number % 3 == 0 ? 0 : 1], Self.users[number % 2])
      let answer = try await bench.ask("hello", useCase: "summarize", patient: patient, user: user)
      #expect(answer.status == 200)
      if patient == Self.patients[0] { expected.append(user) }
    }
    #expect(
      try await bench.ask("hello", useCase: "no-such", patient: Self.patients[0], user: Self.users[0]).status == 403)
    _ = try await bench.ask("hello", useCase: "summarize")

    let report = try await bench.report(on: Self.patients[0])
    let opened = report.accesses.filter { $0.event == .requestOpened }
    #expect(opened.map { $0.personal?["user"]?.string } == expected)
    #expect(opened.allSatisfy { $0.personal?["patient"]?.string == Self.patients[0] })
    #expect(opened.allSatisfy { $0.entry["purpose"]?.string == "TREAT" && $0.entry["caller"]?.string != nil })
    #expect(report.accesses.map(\.time) == report.accesses.map(\.time).sorted())
    #expect(report.accesses.count { $0.event == .requestClosed } == expected.count)
    #expect(report.accesses.count { $0.event == .requestRefused } == 1)
    #expect(report.accesses.count == 2 * expected.count + 1)
    #expect(report.evaluated == report.population)
    await #expect(throws: VaultError(.unknownSubject)) { _ = try await bench.report(on: "Patient/NOBODY") }
  }

  @Test func `what is under the key of a patient does not name the user, whose own key it takes`() async throws {
    let bench = try await TestBench(.echo())
    #expect(
      try await bench.ask("hello", useCase: "summarize", patient: Self.patients[0], user: Self.users[0]).status == 200)
    let patient = SubjectReference(.patient, Self.patients[0])
    let tag = try await bench.vault.tag(of: patient)
    let sealed = try parts(of: tag, in: bench.data)
    let texts = try await bench.vault.withClear(
      patient, for: "p_auditor", recording: { [gateway = bench.gateway] in try await gateway.takeVaultEvents() }
    ) { try await $0.open(sealed) }.value
    let user = try await bench.vault.tag(of: SubjectReference(.workforce, Self.users[0]))
    #expect(texts == [Array(#"{"patient":"Patient/QX-4471","by":"\#(user)"}"#.utf8)])
    let report = try await bench.report(on: Self.patients[0])
    #expect(report.accesses.first?.personal?["user"]?.string == Self.users[0])
  }

  private func parts(of tag: Digest, in data: String) throws -> [(part: SealedPart, context: [UInt8])] {
    var reader = try EntryReader(data: data, sealed: true)
    var parts: [(part: SealedPart, context: [UInt8])] = []
    while let entry = try reader.next() {
      for (reference, part) in zip(entry.outline.parts, entry.sealed) where reference.subject == tag {
        guard let part, let request = entry.outline.request else { continue }
        parts.append((part, Entry.partContext(of: request)))
      }
    }
    return parts
  }

  @Test func `names nobody in the clear, in any file of the data directory`() async throws {
    let bench = try await TestBench(.echo())
    _ = try await bench.ask("hello", useCase: "summarize", patient: Self.patients[0], user: Self.users[0])
    for (name, bytes) in try bench.files() {
      let text = String(decoding: bytes, as: UTF8.self)
      for value in ["QX-4471", "tarn.quill"] { #expect(!text.contains(value), "\(name)") }
    }
  }

  @Test func `refuses a request without the party that its use case requires, and says which`() async throws {
    let vendor = ScriptedVendor.echo()
    let yaml = SampleConfiguration.yaml.replacing(
      "restore: [NAME]\n", with: "restore: [NAME]\n    requires: [patient, user]\n")
    let bench = try await TestBench(vendor, yaml: yaml)
    let answer = try await bench.ask("hello", useCase: "names-only", patient: Self.patients[0], user: nil)
    #expect(answer.status == 403)
    #expect(answer.error == "party_required")
    #expect(answer.message.contains("wants to know the user"))
    #expect(vendor.bodies.isEmpty)
    #expect(
      try await bench.ask("hello", useCase: "names-only", patient: Self.patients[0], user: Self.users[0]).status == 200)
  }

  @Test(arguments: [
    (#"{"patient":"A"}"#, "B", "`cordon.patient`: must be what the header names"),
    (#"{"patient":7}"#, nil, "`cordon.patient`: must be text"),
    (#"{"user":""}"#, nil, "`cordon.user`: must be 1 to 256 bytes without control characters"),
  ])
  func `refuses parties that it cannot read, and repeats none of them`(
    _ member: String, _ header: String?, _ message: String
  ) async throws {
    let vendor = ScriptedVendor.echo()
    let bench = try await TestBench(vendor)
    let body = #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"x"}],"cordon":\#(member)}"#
    let answer = try await bench.send(Array(body.utf8), useCase: "summarize", patient: header)
    #expect(answer.status == 400)
    #expect(answer.message == message)
    #expect(vendor.bodies.isEmpty)
  }

  @Test(arguments: ["Patient/\u{202E}QX", "Patient/\u{009B}1", "Patient/\u{FFFD}", "a\u{200B}b"])
  func `refuses what cannot be seen in a reference`(_ reference: String) async throws {
    let bench = try await TestBench(.echo())
    #expect(try await bench.ask("hello", useCase: "summarize", patient: reference).status == 400)
  }

  @Test func `takes two spellings of one reference for one patient`() async throws {
    let bench = try await TestBench(.echo())
    for patient in ["Patient/Zo\u{00EB}", "Patient/Zoe\u{0308}", " Patient/Zo\u{00EB} "] {
      #expect(try await bench.ask("hello", useCase: "summarize", patient: patient).status == 200)
    }
    let report = try await bench.report(on: "Patient/Zo\u{00EB}")
    #expect(report.accesses.count { $0.event == .requestOpened } == 3)
  }

  @Test func `sends nothing while the vault is locked, and records the refusal`() async throws {
    let vendor = ScriptedVendor.echo()
    let bench = try await TestBench(vendor)
    try Vault.lock(data: bench.data)
    let answer = try await bench.ask("hello", useCase: "summarize", patient: Self.patients[0], user: Self.users[0])
    #expect(answer.status == 503)
    #expect(answer.error == "keys_unavailable")
    #expect(vendor.bodies.isEmpty)
    let entries = try await bench.entries()
    #expect(entries.map { $0["event"]?.string } == ["request.refused"])
    #expect(entries[0]["rule"]?.string == "keys_unavailable")
  }

  @Test func `has a name in the log for everything that the vault does`() {
    for name in VaultEvent.Name.allCases { #expect(Event(rawValue: name.rawValue) != nil, "\(name)") }
  }
}
