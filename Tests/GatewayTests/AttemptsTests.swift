import Bytes
import Gateway
import Ledger
import Providers
import TestKit
import Testing

struct AttemptsTests {
  private static let note = GatewayTests.note

  /// The sample configuration with three vendors in a chain, the second without an agreement in force.
  static func yaml(
    _ reliability: String = "", chain: String = "[{vendor: lapsed}, {vendor: second}]"
  ) -> String {
    let vendor = { (id: String, expires: String) in
      """
        - id: \(id)
          kind: openai
          base_url: http://127.0.0.1:9999/v1
          region: us-east
          agreement: {id: BAA-\(id), signed: 2026-01-01, expires: \(expires), prohibits_training: true}

      """
    }
    let yaml = SampleConfiguration.yaml
      .replacing(
        "  - id: inside", with: vendor("lapsed", "2026-02-01") + vendor("second", "2027-01-01") + "  - id: inside"
      )
      .replacing("vendor: mock\n    restore: all", with: "vendor: mock\n    fallbacks: \(chain)\n    restore: all")
    return yaml + "\nreliability: {\(reliability)}\n"
  }

  static func failing(_ status: Int, _ headers: [(name: String, value: String)] = []) -> ScriptedVendor {
    ScriptedVendor { _ throws(VendorFailure) in
      VendorAnswer(status: status, contentType: "application/json", passedHeaders: headers, body: .pieces([]))
    }
  }

  @Test(arguments: [401, 429, 500, 503, 529])
  func `goes on to the next vendor that admission allows, and to no other`(_ status: Int) async throws {
    let (first, lapsed, second) = (Self.failing(status), ScriptedVendor.echo(), ScriptedVendor.echo())
    let bench = try await TestBench(first, yaml: Self.yaml(), others: ["lapsed": lapsed, "second": second])
    let answer = try await bench.ask(Self.note, useCase: "summarize")

    #expect(answer.status == 200)
    #expect(answer.text == Self.note)
    #expect(lapsed.requests.isEmpty)
    #expect(first.bodies == second.bodies)
    let entries = try await bench.entries()
    #expect(
      entries.map { $0["event"]?.string } == [
        "request.opened", "request.closed", "request.refused", "request.opened", "request.closed",
      ])
    #expect(entries.map { $0["vendor"]?.string } == ["mock", "mock", "lapsed", "second", "second"])
    #expect(entries.compactMap { $0["outcome"]?.string } == ["vendor_failed", "completed"])
    #expect(Set(entries.compactMap { $0["request"]?.string }).count == 1)
  }

  @Test(arguments: [400, 404, 413, 422])
  func `does not ask another vendor what is wrong with the request`(_ status: Int) async throws {
    let second = ScriptedVendor.echo()
    let bench = try await TestBench(Self.failing(status), yaml: Self.yaml(), others: ["second": second])
    #expect(try await bench.ask(Self.note, useCase: "summarize").status == status)
    #expect(second.requests.isEmpty)
  }

  @Test(.proves("OPS-04")) func `answers in plain words and in time when every vendor is down`() async throws {
    let clock = TestClock()
    let hanging = ScriptedVendor { request throws(VendorFailure) in
      clock.pass(request.patience ?? 600_000_000)
      throw VendorFailure(.timedOut)
    }
    let lapsed = ScriptedVendor.echo()
    let bench = try await TestBench(
      hanging, yaml: Self.yaml("deadline_seconds: 20"), others: ["lapsed": lapsed], clock: clock)
    let answer = try await bench.ask(Self.note, useCase: "summarize")

    #expect(clock.now <= 20_000_000)
    #expect(answer.status == 503)
    #expect(answer.error == "no_vendor_available")
    #expect(answer.message.contains("please try again in about 30 seconds, or go on without"))
    #expect(answer.headers.contains { $0 == ("retry-after", "30") })
    #expect(lapsed.requests.isEmpty)
  }

  @Test func `names the model as the next vendor does, every other byte as it was`() async throws {
    let second = ScriptedVendor.echo()
    let chain = "[{vendor: second, models: {gpt-4o-mini: medium-3}}]"
    let first = Self.failing(500)
    let bench = try await TestBench(first, yaml: Self.yaml(chain: chain), others: ["second": second])
    let body =
      #"{ "store":false,"n":1,"messages":[{"role":"user","content":"gpt-4o-mini \u00e9"}] , "model" : "gpt-4o-mini","x":1.0 }"#
    #expect(try await bench.send(Array(body.utf8), useCase: "summarize").status == 200)
    let sent = String(decoding: try #require(second.bodies.first), as: UTF8.self)
    #expect(sent == body.replacing(#""model" : "gpt-4o-mini""#, with: #""model" : "medium-3""#))
    #expect(
      try await bench.entries().map { $0["model"]?.string } == [
        "gpt-4o-mini", "gpt-4o-mini", "medium-3", "medium-3",
      ])
  }

  @Test func `tries again what a vendor did not do, with pauses that double, and as long as it asks`() async throws {
    let clock = TestClock()
    let vendor = ScriptedVendor { [count = Counter()] _ throws(VendorFailure) in
      switch count.next() {
      case 1: throw VendorFailure(.unreachable)
      case 2:
        return VendorAnswer(status: 503, contentType: "", passedHeaders: [], body: .pieces([]))
      case 3:
        return VendorAnswer(status: 429, contentType: "", passedHeaders: [("retry-after", "2")], body: .pieces([]))
      default: return ScriptedVendor.whole(saying: "done")
      }
    }
    let bench = try await TestBench(
      vendor, yaml: Self.yaml("attempts: 4, pause_milliseconds: 100"), clock: clock)
    #expect(try await bench.ask(Self.note, useCase: "summarize").text == "done")
    #expect(clock.pauses == [100_000, 200_000, 2_400_000])
    #expect(vendor.requests.count == 4)
    #expect(Set(vendor.bodies).count == 1)
    #expect(
      try await bench.entries().compactMap { $0["outcome"]?.string } == [
        "vendor_failed", "vendor_failed", "vendor_failed", "completed",
      ])
  }

  @Test func `does not try again what a vendor may have done`() async throws {
    let vendor = ScriptedVendor { _ throws(VendorFailure) in throw VendorFailure(.timedOut) }
    let bench = try await TestBench(vendor, yaml: Self.yaml("attempts: 4", chain: "[]"))
    #expect(try await bench.ask(Self.note, useCase: "summarize").status == 504)
    #expect(vendor.requests.count == 1)
  }

  @Test func `stops trying when the agreement ends between two tries`() async throws {
    let clock = TestClock()
    let vendor = Self.failing(429, [("retry-after", "4")])
    let bench = try await TestBench(
      vendor, today: "2027-01-01", yaml: Self.yaml("attempts: 3", chain: "[]"), clock: clock)
    clock.pass(86_399_000_000)
    let answer = try await bench.ask(Self.note, useCase: "summarize")
    #expect(answer.status == 403)
    #expect(answer.error == "baa_not_in_force")
    #expect(vendor.requests.count == 1)
  }

  @Test func `spends no more retries than its share of the requests`() async throws {
    let vendor = Self.failing(500)
    let bench = try await TestBench(
      vendor,
      yaml: Self.yaml(
        "attempts: 3, retry_percent: 10, breaker: {requests: 1000000}", chain: "[]"))
    for _ in 0..<100 { _ = try await bench.ask("hello", useCase: "summarize") }
    // A hundred requests, ten retries to begin with and ten that they paid for.
    #expect(vendor.requests.count == 120)
  }

  @Test func `leaves a vendor in peace that fails, and says when to come back`() async throws {
    let clock = TestClock()
    let isUp = Counter()
    let vendor = ScriptedVendor { _ throws(VendorFailure) in
      guard isUp.value > 0 else { throw VendorFailure(.unreachable) }
      return ScriptedVendor.whole(saying: "up again")
    }
    let bench = try await TestBench(
      vendor, yaml: Self.yaml("breaker: {requests: 5, rest_seconds: 15}", chain: "[]"), clock: clock)
    for _ in 0..<5 { #expect(try await bench.ask("hello", useCase: "summarize").status == 502) }
    clock.pass(5_000_000)
    let answer = try await bench.ask("hello", useCase: "summarize")
    #expect(answer.status == 503)
    #expect(answer.error == "vendor_resting")
    #expect(answer.headers.contains { $0 == ("retry-after", "10") })
    #expect(vendor.requests.count == 5)
    clock.pass(10_000_000)
    _ = isUp.next()
    #expect(try await bench.ask("hello", useCase: "summarize").text == "up again")
    #expect(try await bench.ask("hello", useCase: "summarize").text == "up again")
  }

  @Test(arguments: [false, true])
  func `what the queue has taken of the deadline the answer has not`(_ isAboutKept: Bool) async throws {
    let vendor = KeepingVendor()
    let yaml = BatchTests.yaml.replacing("    region: us-east\n", with: "    region: us-east\n    concurrency: 1\n")
    let bench = try await TestBench(
      .echo(), yaml: yaml + "\nreliability: {deadline_seconds: 600}\n", others: ["mock": vendor], clock: nil)
    @Sendable func keep() async throws -> Int {
      let body = #"{"model":"gpt-4o-mini","input":"Hello.","store":true}"#
      return try await bench.send(Array(body.utf8), as: .responses, useCase: "summarize").status
    }
    @Sendable func fetch() async -> Int {
      let id = bench.gateway.newRequestID()
      return await bench.gateway.answer(
        KeptCall(.retrieve, "resp_1", requestID: id, caller: bench.configuration.callers[0])
      ).status
    }
    #expect(try await keep() == 200)
    vendor.hang()
    let first = Task { await fetch() }
    while !vendor.isHanging { try await Task.sleep(for: .milliseconds(2)) }
    let second = Task { isAboutKept ? await fetch() : try await keep() }
    let waits = "cordon_vendor_requests{vendor=\"mock\",state=\"waiting\"} 1\n"
    while !bench.metrics.contains(waits) { try await Task.sleep(for: .milliseconds(2)) }
    try await Task.sleep(for: .milliseconds(300))
    vendor.goOn()
    _ = (await first.value, try await second.value)
    let patiences = vendor.patiences.compactMap(\.self)
    #expect(patiences.count == 3 && patiences[2] <= 599_700_000)
  }

  /// Arguments that are no object, and more calls of tools than a stream may have open: a request can ask any model for them.
  @Test(arguments: [("[]", Operation.messages, false), ("{", .messages, false), ("{}", .chatCompletions, true)])
  func `rests no vendor for what a request can bring about with any`(
    _ arguments: String, _ operation: Providers.Operation, _ streams: Bool
  ) async throws {
    let vendor = ScriptedVendor { request throws(VendorFailure) in
      guard ScriptedVendor.lastContent(of: request) == "provoke" else { return ScriptedVendor.whole(saying: "here") }
      return streams ? Self.manyCalls() : Self.call(saying: arguments)
    }
    let bench = try await TestBench(vendor, yaml: Self.yaml("breaker: {requests: 5}", chain: "[]"))
    let body: JSONValue = [
      "model": "gpt-4o-mini", "max_tokens": 9, "messages": [["role": "user", "content": "provoke"]],
      "stream": .bool(streams),
    ]
    for _ in 0..<6 {
      let answer = try await bench.send(body.bytes, as: operation, useCase: "summarize")
      if streams { continue }
      #expect(answer.status == 502)
    }
    #expect(try await bench.ask("hello", useCase: "summarize").text == "here")
    #expect(vendor.requests.count == 7)
    #expect(
      try await bench.entries().compactMap { $0["outcome"]?.string }
        == Array(repeating: "vendor_failed", count: 6) + ["completed"])
  }

  @Test func `still rests a vendor whose answers are broken`() async throws {
    let vendor = ScriptedVendor { _ throws(VendorFailure) in
      VendorAnswer(status: 200, contentType: "application/json", passedHeaders: [], body: .pieces([Array("{".utf8)]))
    }
    let bench = try await TestBench(vendor, yaml: Self.yaml("breaker: {requests: 5}", chain: "[]"))
    for _ in 0..<5 { #expect(try await bench.ask("hello", useCase: "summarize").status == 502) }
    #expect(try await bench.ask("hello", useCase: "summarize").error == "vendor_resting")
  }

  @Test func `takes an event that repeats a long request`() async throws {
    let instructions = String(repeating: "word ", count: 300_000)
    let vendor = ScriptedVendor { _ throws(VendorFailure) in
      var events: [UInt8] = []
      for (place, type) in ["created", "completed"].enumerated() {
        let event: JSONValue = [
          "type": .string("response.\(type)"), "sequence_number": .integer(place),
          "response": ["id": "resp_1", "instructions": .string(instructions), "output": []],
        ]
        events += Array("event: response.\(type)\ndata: ".utf8) + event.bytes + [0x0A, 0x0A]
      }
      return ScriptedVendor.stream(events, cut: 1 << 16)
    }
    let bench = try await TestBench(vendor)
    func body(_ instructions: String) -> [UInt8] {
      let body: JSONValue = [
        "model": "gpt-4o-mini", "input": "hi", "instructions": .string(instructions), "stream": true,
      ]
      return body.bytes
    }
    _ = try await bench.send(body(instructions), as: .responses, useCase: "summarize")
    #expect(try await bench.entries().compactMap { $0["outcome"]?.string } == ["completed"])
  }

  private static func call(saying arguments: String) -> VendorAnswer {
    let call: JSONValue = [
      "id": "call_1", "type": "function", "function": ["name": "f", "arguments": .string(arguments)],
    ]
    let body: JSONValue = [
      "id": "1", "object": "chat.completion",
      "choices": [
        [
          "index": 0, "message": ["role": "assistant", "content": .null, "tool_calls": [call]],
          "finish_reason": "tool_calls",
        ]
      ],
    ]
    return VendorAnswer(status: 200, contentType: "application/json", passedHeaders: [], body: .pieces([body.bytes]))
  }

  private static func manyCalls() -> VendorAnswer {
    let events = (0..<300).map { number in
      #"data: {"id":"1","choices":[{"index":0,"delta":{"tool_calls":[{"index":\#(number),"id":"c\#(number)","#
        + #""function":{"name":"f","arguments":"{"}}]}}]}"# + "\n\n"
    }
    return ScriptedVendor.stream(Array(events.joined().utf8), cut: 4_096)
  }
}
