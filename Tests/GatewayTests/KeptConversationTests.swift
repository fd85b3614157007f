import Bytes
import Foundation
import GRDB
import Gateway
import Ledger
import Providers
import Synchronization
import TestKit
import Testing
import Vault

/// Conversations that the vendor keeps: their tokens go on, for those whose they are, for as long as they may.
struct KeptConversationTests {
  private static let yaml = SampleConfiguration.yaml.replacing(
    "    restore: all\n", with: "    restore: all\n    kept_by_vendor: {seconds: 3600}\n")

  private static var token: Regex<Substring> { #/NAME_[0-9]+[A-Z]*_[B-Z]{3}/# }

  /// A vendor of responses that numbers its answers and says back the input of each.
  private static func vendor() -> ScriptedVendor {
    let count = Shared(Atomic(0))
    return ScriptedVendor { request throws(VendorFailure) in
      let number = count.value.add(1, ordering: .relaxed).newValue
      guard let text = (try? JSONValue(parsing: request.body))?["input"]?.string else {
        throw VendorFailure(.unexpectedAnswer)
      }
      let message: JSONValue = [
        "id": "msg_1", "type": "message", "role": "assistant", "status": "completed",
        "content": [["type": "output_text", "text": .string(text), "annotations": []]],
      ]
      let answer: JSONValue = [
        "id": .string("resp_\(number)"), "object": "response", "status": "completed", "model": "gpt-4o-mini",
        "output": [message],
      ]
      guard request.isStreaming else {
        return VendorAnswer(
          status: 200, contentType: "application/json", passedHeaders: [], body: .pieces([answer.bytes]))
      }
      var events: [UInt8] = []
      for (place, type) in ["created", "completed"].enumerated() {
        let event: JSONValue = [
          "type": .string("response.\(type)"), "sequence_number": .integer(place), "response": answer,
        ]
        events += Array("event: response.\(type)\ndata: ".utf8) + event.bytes + [0x0A, 0x0A]
      }
      return ScriptedVendor.stream(events, cut: 100)
    }
  }

  private static func body(
    _ input: String, _ previous: String? = nil, store: Bool? = true, streaming: Bool = false
  ) -> [UInt8] {
    var members = [JSONMember("model", "gpt-4o-mini"), JSONMember("input", .string(input))]
    if let store { members.append(JSONMember("store", .bool(store))) }
    if let previous { members.append(JSONMember("previous_response_id", .string(previous))) }
    if streaming { members.append(JSONMember("stream", .bool(true))) }
    return JSONValue.object(members).bytes
  }

  private static func change(_ data: String, _ sql: String) throws {
    try DatabaseQueue(path: "\(data)/vault/kept.sqlite").write { try $0.execute(sql: sql) }
  }

  private static func sent(_ vendor: ScriptedVendor) -> [String] {
    vendor.bodies.map { (try? JSONValue(parsing: $0))?["input"]?.string ?? "" }
  }

  private static func said(_ answer: TestAnswer) throws -> String {
    let json = try JSONValue(parsing: answer.body)
    return json["output"]?.array?.first?["content"]?.array?.first?["text"]?.string ?? ""
  }

  private static func events(_ bench: TestBench) async throws -> [String] {
    try await bench.entries().compactMap { $0["event"]?.string }
  }

  @Test(arguments: [false, true])
  func `the same name has the same token in every turn, and comes back in every answer`(_ streams: Bool) async throws {
    let vendor = Self.vendor()
    let bench = try await TestBench(vendor, yaml: Self.yaml)
    let first = try await bench.send(
      Self.body("Patient: Ottoline Brackenridge", streaming: streams), as: .responses, useCase: "summarize")
    #expect(first.status == 200)
    let second = try await bench.send(
      Self.body("Call brackenridge. Patient: Thaddeus Quill", "resp_1"), as: .responses, useCase: "summarize")
    #expect(try Self.said(second) == "Call brackenridge. Patient: Thaddeus Quill")
    let sent = Self.sent(vendor)
    let name = try #require(sent[0].firstMatch(of: Self.token)).output
    #expect(name.hasPrefix("NAME_1_"))
    #expect(sent[1].contains("NAME_1B_") && sent[1].contains("NAME_2_"))
    // A fork of the first answer, in which the model speaks of the first turn.
    let fork = try await bench.send(
      Self.body("Say \(name) and Ottoline Brackenridge", "resp_1", store: false), as: .responses, useCase: "summarize")
    #expect(try Self.said(fork) == "Say Ottoline Brackenridge and Ottoline Brackenridge")
    #expect(Self.sent(vendor)[2] == "Say \(name) and \(name)")
    #expect(try await Self.events(bench).filter { $0 == "map.kept" }.count == 2)
    for file in try bench.files() {
      for word in ["Ottoline", "Brackenridge", "Quill", "resp_1", "resp_2"] {
        #expect(Data(file.bytes).range(of: Data(word.utf8)) == nil, "\(file.name)")
      }
    }
  }

  @Test func `the log says what is kept, until when, and what was gone on from`() async throws {
    let bench = try await TestBench(Self.vendor(), yaml: Self.yaml)
    _ = try await bench.send(Self.body("Patient: Ottoline Brackenridge"), as: .responses, useCase: "summarize")
    _ = try await bench.send(Self.body("and now?", "resp_1", store: false), as: .responses, useCase: "summarize")
    let entries = try await bench.entries()
    #expect(
      entries.compactMap { $0["event"]?.string }
        == ["request.opened", "map.kept", "request.closed", "request.opened", "request.closed"])
    let kept = entries[1]
    let object = try #require(kept["object"]?.string)
    #expect(object.wholeMatch(of: #/response:[0-9a-f]{32}/#) != nil)
    let until = try #require(kept["rule"]?.string.flatMap { Timestamp(String($0.dropFirst("until:".count))) })
    let left = until.milliseconds - Int64(Date.now.timeIntervalSince1970 * 1_000)
    #expect((3_000_000...3_600_000).contains(left))
    #expect(kept["request"] == entries[0]["request"] && kept["vendor"] == "mock" && kept["caller"] == "dr-lee")
    #expect(entries[3]["object"]?.string == object)
  }

  @Test func `policies are asked about a turn that names nobody as about what it goes on from`() async throws {
    let yaml = GatewayPolicyTests.yaml(
      summarize: "phi_in_output: authorised\n    approval: APR-1\n    kept_by_vendor: {seconds: 3600}")
    let bench = try await TestBench(Self.vendor(), yaml: yaml)
    for (input, previous) in [("Patient: Ottoline Brackenridge", nil), ("and now?", "resp_1"), ("and now?", nil)] {
      let body = Self.body(input, previous)
      #expect(try await bench.send(body, as: .responses, useCase: "summarize").status == 200)
    }
    let opened = try await bench.entries().filter { $0["event"]?.string == "request.opened" }
    #expect(
      opened.map { $0["policy_facts"]?.string }
        == ["notes:N", "notes:N", "deidentified:U"].map { "clinician:\($0):-:managed_device+mfa" })
  }

  @Test func `an id that is nobody's, another's or over is one and the same`() async throws {
    let vendor = Self.vendor()
    let yaml = Self.yaml.replacing(
      "    restore: [NAME]\n", with: "    restore: [NAME]\n    kept_by_vendor: {seconds: 3600}\n")
    let clock = TestClock()
    let bench = try await TestBench(vendor, yaml: yaml, clock: clock)
    _ = try await bench.send(
      Self.body("Patient: Ottoline Brackenridge"), as: .responses, useCase: "summarize", patient: "Patient/1",
      user: "lee")
    var bodies: Set<[UInt8]> = []
    for (id, useCase, patient, user) in [
      ("resp_77", "summarize", "Patient/1", "lee"), ("resp_1", "names-only", "Patient/1", "lee"),
      ("resp_1", "summarize", "Patient/2", "lee"), ("resp_1", "summarize", "Patient/1", "kim"),
      ("resp_1", "summarize", nil, "lee"), ("../resp_1", "summarize", "Patient/1", "lee"),
      ("Ottoline Brackenridge", "summarize", "Patient/1", "lee"),
    ] as [(String, String, String?, String?)] {
      let answer = try await bench.send(
        Self.body("go on", id), as: .responses, useCase: useCase, patient: patient, user: user)
      #expect(answer.status == 400 && answer.error == "previous_response_not_found")
      #expect(answer.headers.contains { $0.name == "x-should-retry" && $0.value == "false" })
      bodies.insert(answer.body)
    }
    #expect(bodies.count == 1 && vendor.requests.count == 1)
    let good = try await bench.send(
      Self.body("go on", "resp_1"), as: .responses, useCase: "summarize", patient: "Patient/1", user: "lee")
    #expect(good.status == 200)
  }

  @Test func `a use case that wants nothing kept has nothing kept`() async throws {
    #expect(throws: ConfigurationError.self) {
      _ = try Configuration(
        yaml: Self.yaml.replacing("kept_by_vendor:", with: "retention: zero\n    kept_by_vendor:"))
    }
    let vendor = Self.vendor()
    let bench = try await TestBench(vendor, yaml: Self.yaml)
    for body in [Self.body("hi"), Self.body("hi", "resp_1", store: nil)] {
      #expect(try await bench.send(body, as: .responses, useCase: "tokens-only").error == "kept_by_vendor")
    }
    let chat = #"{"model":"gpt-4o-mini","messages":[],"store":true}"#
    let conversation = #"{"model":"gpt-4o-mini","input":"hi","conversation":"conv_1"}"#
    let background = #"{"model":"gpt-4o-mini","input":"hi","background":true}"#
    for (body, operation) in [(chat, .chatCompletions), (conversation, .responses), (background, .responses)]
      as [(String, Providers.Operation)]
    {
      #expect(try await bench.send(Array(body.utf8), as: operation, useCase: "summarize").error == "kept_by_vendor")
    }
    #expect(vendor.requests.isEmpty)
  }

  @Test(
    arguments: [(nil, "", false), (nil, ", unsaid: keep", true), (false, ", unsaid: keep", false)]
      as [(Bool?, String, Bool)])
  func `what a request does not say is the vendor's custom only where the use case takes it`(
    _ store: Bool?, _ setting: String, _ isKept: Bool
  ) async throws {
    let vendor = Self.vendor()
    let bench = try await TestBench(vendor, yaml: Self.yaml.replacing("3600}", with: "3600\(setting)}"))
    _ = try await bench.send(Self.body("hi", store: store), as: .responses, useCase: "summarize")
    let said = try JSONValue(parsing: vendor.bodies[0])["store"]
    let expected: JSONValue? = isKept ? nil : .bool(false)
    #expect(said == expected)
    #expect(try await Self.events(bench).contains("map.kept") == isKept)
  }

  @Test func `a caller that has as much kept as it may gets nothing more, and the vendor no byte`() async throws {
    let vendor = Self.vendor()
    let yaml = Self.yaml.replacing("limits:\n", with: "limits:\n  kept_maps: 1\n")
    let bench = try await TestBench(vendor, yaml: yaml)
    #expect(try await bench.send(Self.body("hi"), as: .responses, useCase: "summarize").status == 200)
    let full = try await bench.send(Self.body("hi"), as: .responses, useCase: "summarize")
    #expect(full.status == 403 && full.error == "too_much_kept" && vendor.requests.count == 1)
    #expect(try await bench.send(Self.body("hi", store: false), as: .responses, useCase: "summarize").status == 200)
  }

  @Test func `a map that somebody changed closes the way`() async throws {
    let vendor = Self.vendor()
    let bench = try await TestBench(vendor, yaml: Self.yaml)
    _ = try await bench.send(Self.body("Patient: Ottoline Brackenridge"), as: .responses, useCase: "summarize")
    try Self.change(bench.data, "UPDATE kept SET expires = expires + 1")
    let answer = try await bench.send(Self.body("go on", "resp_1"), as: .responses, useCase: "summarize")
    #expect(answer.status == 503 && answer.error == "keys_unavailable" && vendor.requests.count == 1)
  }

  @Test(arguments: [false, true])
  func `an answer whose map cannot be sealed is not released`(_ streams: Bool) async throws {
    let folder = Shared(Mutex(""))
    let inner = Self.vendor()
    let scripted = ScriptedVendor { request throws(VendorFailure) in
      // What the room was looked for in is gone when the answer comes.
      let path = folder.value.withLock(\.self)
      try? Self.change(path, "DROP TABLE kept")
      return try inner.answer(request)
    }
    let bench = try await TestBench(scripted, yaml: Self.yaml)
    folder.value.withLock { $0 = bench.data }
    let answer = try await bench.send(
      Self.body("Patient: Ottoline Brackenridge", streaming: streams), as: .responses, useCase: "summarize")
    let text = String(decoding: answer.body, as: UTF8.self)
    #expect(!text.contains("resp_1") && !text.contains("Brackenridge") && text.contains("keys_unavailable"))
    await bench.gateway.afterwork.drain(within: .seconds(600))
    let events = try await Self.events(bench)
    // The second is of the call that has the vendor delete it.
    #expect(events == ["request.opened", "request.closed", "request.opened", "request.closed"])
  }

  @Test func `a locked vault goes on with nothing`() async throws {
    let vendor = Self.vendor()
    let bench = try await TestBench(vendor, yaml: Self.yaml)
    _ = try await bench.send(Self.body("Patient: Ottoline Brackenridge"), as: .responses, useCase: "summarize")
    try Vault.lock(data: bench.data)
    for id in ["resp_1", "resp_77"] {
      let answer = try await bench.send(Self.body("go on", id), as: .responses, useCase: "summarize")
      #expect(answer.status == 503 && answer.error == "keys_unavailable")
    }
    #expect(vendor.requests.count == 1)
  }

  @Test func `a conversation goes on at the vendor that has it, and nowhere else`() async throws {
    let yaml = Self.yaml.replacing(
      "    vendor: mock\n    restore: all\n",
      with: "    vendor: mock\n    fallbacks: [{vendor: second}]\n    restore: all\n"
    ).replacing(
      "  - id: inside\n",
      with: """
          - id: second
            kind: openai
            base_url: http://127.0.0.1:9998/v1
            region: us-east
            agreement: {id: BAA-2, signed: 2026-01-01, expires: 2027-01-01, prohibits_training: true}
          - id: inside

        """)
    let down = Shared(Atomic(true))
    let inner = Self.vendor()
    let first = ScriptedVendor { request throws(VendorFailure) in
      if down.value.load(ordering: .relaxed) { throw VendorFailure(.unreachable) }
      return try inner.answer(request)
    }
    let second = Self.vendor()
    let bench = try await TestBench(first, yaml: yaml, others: ["second": second])
    _ = try await bench.send(Self.body("Patient: Ottoline Brackenridge"), as: .responses, useCase: "summarize")
    #expect(second.requests.count == 1)
    down.value.store(false, ordering: .relaxed)
    let went = try await bench.send(Self.body("go on", "resp_1"), as: .responses, useCase: "summarize")
    #expect(went.status == 200 && second.requests.count == 2 && first.requests.count == 1)
  }

  @Test func `what is over is purged, and the log says so`() async throws {
    let bench = try await TestBench(Self.vendor(), yaml: Self.yaml.replacing("seconds: 3600", with: "seconds: 1"))
    _ = try await bench.send(Self.body("Patient: Ottoline Brackenridge"), as: .responses, useCase: "summarize")
    try await Task.sleep(for: .milliseconds(1_050))
    #expect(try await bench.gateway.purgeKept() == 1)
    #expect(try await bench.gateway.purgeKept() == 0)
    let last = try #require(try await bench.entries().last)
    #expect(last["event"] == "map.expired" && last["method"] == "overwrite" && last["caller"] == "dr-lee")
  }
}
