import AsyncAlgorithms
import Bytes
import Ciphers
import Gateway
import Ledger
import Providers
import TestKit
import Testing
import Vault

/// Files and batches at the gateway: what goes out, what comes back, and what closes the way.
struct BatchTests {
  static let yaml = SampleConfiguration.yaml.replacing(
    "    restore: all\n", with: "    restore: all\n    kept_by_vendor: {seconds: 3600}\n")

  static let line =
    #"{"custom_id":"of Ottoline Brackenridge","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Patient: Ottoline Brackenridge"}]}}"#

  static func upload(_ lines: String = line) -> (body: [UInt8], type: String) {
    MultipartForm([
      MultipartForm.Field("purpose", Array("batch".utf8)),
      MultipartForm.Field("file", filename: "Brackenridge.jsonl", Array(lines.utf8)),
    ]).written(boundary: "t")
  }

  static let order = Array(
    #"{"input_file_id":"file-1","endpoint":"/v1/chat/completions","completion_window":"24h"}"#.utf8)

  private func send(
    _ operation: BatchOperation, to bench: TestBench, id: String? = nil,
    _ body: (body: [UInt8], type: String) = ([], ""), user: String? = nil
  ) async -> (status: Int, text: String) {
    await bench.send(operation, id: id, body, user: user)
  }

  private func rule(_ answer: (status: Int, text: String)) -> String? {
    (try? JSONValue(parsing: Array(answer.text.utf8)))?["error"]?["code"]?.string
  }

  @Test func `a line goes out with tokens and its result comes back restored`() async throws {
    let vendor = BatchVendor()
    let bench = try await TestBench(.echo(), yaml: Self.yaml, others: ["mock": vendor])
    let file = await send(.createFile, to: bench, Self.upload())
    #expect(file.status == 200 && file.text.contains(#""filename":"Brackenridge.jsonl""#))
    #expect(await send(.createBatch, to: bench, (Self.order, "application/json")).status == 200)
    #expect(await send(.batch, to: bench, id: "batch-1").status == 200)
    let results = await send(.fileContent, to: bench, id: "file-2")
    #expect(results.text.contains(#""custom_id":"of Ottoline Brackenridge""#))
    #expect(results.text.contains(#""content":"Patient: Ottoline Brackenridge""#))
    #expect(!vendor.sent.contains("Brackenridge") && vendor.sent.contains("NAME_1"))
    for entry in try await bench.entries() {
      #expect(!String(decoding: entry.bytes, as: UTF8.self).contains("Brackenridge"))
    }
  }

  @Test func `nothing goes out while the log takes nothing`() async throws {
    let vendor = BatchVendor()
    let bench = try await TestBench(.echo(), yaml: Self.yaml, others: ["mock": vendor])
    try await bench.ledger.close()
    #expect(await send(.createFile, to: bench, Self.upload()).status == 503)
    #expect(vendor.sent.isEmpty)
  }

  @Test func `an agreement that is over ends orders and downloads, but not what deletes`() async throws {
    let vendor = BatchVendor()
    let bench = try await TestBench(.echo(), yaml: Self.yaml, others: ["mock": vendor])
    #expect(await send(.createFile, to: bench, Self.upload()).status == 200)
    #expect(await send(.createBatch, to: bench, (Self.order, "application/json")).status == 200)
    #expect(await send(.batch, to: bench, id: "batch-1").status == 200)
    try bench.turnClock(to: "2027-01-02")
    for (operation, id) in [(BatchOperation.fileContent, "file-2"), (.batch, "batch-1"), (.file, "file-1")] {
      #expect(rule(await send(operation, to: bench, id: id)) == "baa_not_in_force")
    }
    #expect(rule(await send(.createBatch, to: bench, (Self.order, "application/json"))) == "baa_not_in_force")
    #expect(rule(await send(.createFile, to: bench, Self.upload())) == "baa_not_in_force")
    #expect(await send(.deleteFile, to: bench, id: "file-1").status == 200)
    #expect(rule(await send(.file, to: bench, id: "file-1")) == "not_found")
  }

  @Test(arguments: ["removed", "unreadable"])
  func `whose access was removed cancels and deletes what is under way, and does nothing else`(
    _ kind: String
  ) async throws {
    let vendor = BatchVendor()
    let bench = try await TestBench(.echo(), yaml: Self.yaml, others: ["mock": vendor])
    #expect(await send(.createFile, to: bench, Self.upload()).status == 200)
    #expect(await send(.createBatch, to: bench, (Self.order, "application/json")).status == 200)
    #expect(await send(.batch, to: bench, id: "batch-1").status == 200)
    try bench.remove("caller:dr-lee/use-case:summarize")
    if kind == "unreadable" { try bench.setRemovals("no list") }
    let lapsed = kind == "removed" ? "grant_lapsed" : "grants_unreadable"
    for (operation, id) in [(BatchOperation.fileContent, "file-2"), (.batch, "batch-1"), (.file, "file-1")] {
      #expect(rule(await send(operation, to: bench, id: id)) == lapsed)
    }
    #expect(rule(await send(.createBatch, to: bench, (Self.order, "application/json"))) == lapsed)
    #expect(await send(.cancelBatch, to: bench, id: "batch-1").status == 200)
    #expect(await send(.deleteFile, to: bench, id: "file-1").status == 200)
    #expect(vendor.sent.contains("/batches/batch-1/cancel") && vendor.deletions == 1)
    // An agreement is in force: nothing is owed but what the caller asks for.
    let opened = try await bench.entries().filter { $0["event"] == "request.opened" }
    #expect(opened.allSatisfy { $0["rule"] == nil && $0["agreement"] == "BAA-1" })
  }

  @Test(arguments: [("operations: [chatCompletions]", false), ("operations: [chatCompletions, batches]", true)])
  func `an agreement that lists operations has to list batches`(_ operations: String, _ covers: Bool) async throws {
    let yaml = Self.yaml.replacing(
      "      prohibits_training: true\n",
      with: "      prohibits_training: true\n      services: {\(operations)}\n")
    let bench = try await TestBench(.echo(), yaml: yaml, others: ["mock": BatchVendor()])
    let answer = await send(.createFile, to: bench, Self.upload())
    #expect(answer.status == (covers ? 200 : 403))
    #expect(rule(answer) == (covers ? nil : "service_not_covered"))
  }

  @Test(arguments: [
    ("\(line)\n{", 400, "line 2: "), (line.replacing("gpt-4o-mini", with: "gpt-x"), 403, "line 1: "),
    (line.replacing(#""model""#, with: #""stream":true,"model""#), 400, "line 1: `stream`"),
    (line.replacing(#""model""#, with: #""cordon":{"patient":7},"model""#), 400, "line 1: "),
  ])
  func `a line that is refused refuses all, and is named`(_ lines: String, _ status: Int, _ words: String) async throws
  {
    let vendor = BatchVendor()
    let bench = try await TestBench(.echo(), yaml: Self.yaml, others: ["mock": vendor])
    let answer = await send(.createFile, to: bench, Self.upload(lines))
    #expect(answer.status == status && answer.text.contains(words) && !answer.text.contains("Brackenridge"))
    #expect(vendor.sent.isEmpty)
  }

  @Test func `what a header declares holds for each line, and for one that says more`() async throws {
    let vendor = BatchVendor()
    let bench = try await TestBench(.echo(), yaml: Self.yaml, others: ["mock": vendor])
    let own = Self.line.replacing(#""model""#, with: #""cordon":{"sensitivity":["hiv"]},"model""#)
    for lines in [Self.line, own] {
      let refused = await bench.send(.createFile, Self.upload(lines), sensitivity: "psychotherapy")
      #expect(rule(refused) == "sensitive_inside_only" && refused.text.contains("psychotherapy"), "\(refused.text)")
    }
    #expect(rule(await bench.send(.createFile, Self.upload(), sensitivity: "moods")) == "invalid_request")
    #expect(vendor.sent.isEmpty)
    #expect(await bench.send(.createFile, Self.upload()).status == 200)
  }

  @Test func `a result of no request ends the download, and the rest stays here`() async throws {
    let vendor = BatchVendor(naming: "item-2")
    let bench = try await TestBench(.echo(), yaml: Self.yaml, others: ["mock": vendor])
    #expect(await send(.createFile, to: bench, Self.upload()).status == 200)
    #expect(await send(.createBatch, to: bench, (Self.order, "application/json")).status == 200)
    #expect(await send(.batch, to: bench, id: "batch-1").status == 200)
    #expect(await send(.fileContent, to: bench, id: "file-2").text == "")
    let closed = try await bench.entries().last
    #expect(closed?["outcome"]?.string == "vendor_failed")
  }
}

extension BatchTests {
  /// A file of so many requests, each about a patient of its own and made for `lee`.
  private static func wards(_ count: Int) -> String {
    (1...count).map { number in
      #"{"custom_id":"\#(number)","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o-mini","messages":[],"cordon":{"patient":"Patient/\#(number)","user":"lee"}}}"#
    }.joined(separator: "\n")
  }

  @Test func `hundreds of people share a few entries, and each is found at each access`() async throws {
    let bench = try await TestBench(
      .echo(), yaml: Self.yaml.replacing("65536", with: "1000000"), others: ["mock": BatchVendor()])
    #expect(await send(.createFile, to: bench, Self.upload(Self.wards(300))).status == 200)
    #expect(await send(.createBatch, to: bench, (Self.order, "application/json"), user: "kim").status == 200)
    for patient in ["Patient/1", "Patient/200", "Patient/300"] {
      let report = try await bench.report(on: patient)
      let users = report.accesses.filter { $0.event == .requestOpened }.map { $0.personal?["user"]?.string }
      #expect(users == ["lee", "kim"])
      // Nobody else of the entry is in the report on one of them.
      #expect(report.accesses.allSatisfy { $0.entry["tags"]?.array?.count == 1 })
    }
    let entries = try await bench.entries()
    let opened = entries.filter { $0["event"] == "request.opened" }
    #expect(opened.count == 8 && entries.filter { $0["event"] == "request.closed" }.count == 8)
    #expect(Set(opened.flatMap { $0["tags"]?.array?.compactMap(\.string) ?? [] }).count == 302)
  }

  @Test func `who fetches results is named, and has to be`() async throws {
    let yaml = Self.yaml.replacing(
      "    restore: all\n    kept", with: "    restore: all\n    requires: [patient, user]\n    kept")
    let bench = try await TestBench(.echo(), yaml: yaml, others: ["mock": BatchVendor()])
    #expect(rule(await send(.createFile, to: bench, Self.upload())) == "party_required")
    #expect(await send(.createFile, to: bench, Self.upload(Self.wards(1))).status == 200)
    #expect(rule(await send(.createBatch, to: bench, (Self.order, "application/json"))) == "party_required")
    #expect(await send(.createBatch, to: bench, (Self.order, "application/json"), user: "kim").status == 200)
    for (operation, id) in [
      (BatchOperation.batch, "batch-1"), (.file, "file-1"), (.fileContent, "file-1"), (.listFiles, nil),
    ] {
      #expect(rule(await send(operation, to: bench, id: id)) == "party_required")
    }
    #expect(await send(.batch, to: bench, id: "batch-1", user: "kim").status == 200)
    #expect(await send(.fileContent, to: bench, id: "file-2", user: "ada").status == 200)
    let report = try await bench.report(on: "Patient/1")
    let opened = report.accesses.filter { $0.event == .requestOpened }
    #expect(opened.map { $0.personal?["user"]?.string } == ["lee", "kim", "ada"])
  }

  @Test func `what cannot be kept whole is not kept at all, and the vendor is told to delete it`() async throws {
    let vendor = BatchVendor()
    let bench = try await TestBench(
      .echo(), yaml: Self.yaml.replacing("limits:\n", with: "limits:\n  kept_maps: 1\n"), others: ["mock": vendor])
    #expect(await send(.createFile, to: bench, Self.upload()).status == 503)
    #expect(await send(.listFiles, to: bench).text.contains(#""data":[]"#))
    await bench.gateway.afterwork.drain(within: .seconds(600))
    #expect(vendor.deletions == 1)
    let entries = try await bench.entries()
    #expect(entries.contains { $0["operation"] == "files.delete" && $0["event"] == "request.opened" })
    #expect(!entries.contains { $0["event"] == "map.kept" })
  }

  @Test func `the log knows what left by its hash, with a body or without`() async throws {
    let vendor = BatchVendor()
    let bench = try await TestBench(.echo(), yaml: Self.yaml, others: ["mock": vendor])
    #expect(await send(.createFile, to: bench, Self.upload()).status == 200)
    #expect(await send(.deleteFile, to: bench, id: "file-1").status == 200)
    let sealing = try await bench.vault.sealingKey()
    let opened = try await bench.entries().filter { $0["event"] == "request.opened" }
    for (entry, left) in zip(opened, [vendor.bodies[0], Array("DELETE /files/file-1".utf8)]) {
      let context = Array("sent \(entry["request"]?.string ?? "")".utf8)
      #expect(entry["sent"]?.string == "\(try sealing.digestOfSealed(left.span, context: context))")
    }
  }

  @Test func `a batch about more patients than the limit has is refused for good, and its vendor gets nothing`()
    async throws
  {
    let vendor = BatchVendor()
    let limit = "\nrate_limits: [{per: user, patients: 3, seconds: 3600}, {per: caller, requests: 4, seconds: 3600}]\n"
    let bench = try await TestBench(.echo(), yaml: Self.yaml + limit, others: ["mock": vendor])
    let tooMany = await send(.createFile, to: bench, Self.upload(Self.wards(4)))
    #expect(tooMany.status == 429 && tooMany.text.contains("name fewer at once") && vendor.sent.isEmpty)
    #expect(await send(.createFile, to: bench, Self.upload(Self.wards(3))).status == 200)
    // The same ones count once in the time.
    #expect(await send(.createBatch, to: bench, (Self.order, "application/json"), user: "lee").status == 200)
    #expect(await send(.batch, to: bench, id: "batch-1").status == 200)
    #expect(await send(.batch, to: bench, id: "batch-1").status == 429)
  }

  @Test func `a request of a batch runs in no background of its own`() async throws {
    let vendor = BatchVendor()
    let bench = try await TestBench(
      .echo(), yaml: Self.yaml.replacing("3600}", with: "3600, unsaid: keep}"), others: ["mock": vendor])
    let line =
      #"{"custom_id":"1","method":"POST","url":"/v1/responses","body":{"model":"gpt-4o-mini","input":"hi","background":true}}"#
    #expect(rule(await send(.createFile, to: bench, Self.upload(line))) == "kept_by_vendor")
    #expect(vendor.sent.isEmpty)
  }
}
