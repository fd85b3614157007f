import Bytes
import Gateway
import Ledger
import Logging
import Providers
import Synchronization
import TestKit
import Testing

struct ServedModelTests {
  /// A vendor that says another model's name each time, whole or in a stream.
  private static func vendor(_ names: String...) -> ScriptedVendor {
    let count = Counter()
    return ScriptedVendor { request throws(VendorFailure) in
      let name = names[min(count.next(), names.count) - 1]
      let choice: JSONValue = [
        "index": 0, "message": ["role": "assistant", "content": "Yes."], "finish_reason": "stop",
      ]
      guard request.isStreaming else {
        let body: JSONValue = [
          "id": "1", "object": "chat.completion", "model": .string(name), "choices": [choice],
        ]
        return VendorAnswer(
          status: 200, contentType: "application/json", passedHeaders: [], body: .pieces([body.bytes]))
      }
      let chunk: JSONValue = [
        "id": "1", "object": "chat.completion.chunk", "model": .string(name),
        "choices": [["index": 0, "delta": ["content": "Yes."], "finish_reason": "stop"]],
      ]
      let events = Array("data: ".utf8) + chunk.bytes + Array("\n\ndata: [DONE]\n\n".utf8)
      return ScriptedVendor.stream(events, cut: events.count)
    }
  }

  @Test func `records that a name means another model than before, and which model has answered`() async throws {
    let (old, new) = ("gpt-4o-mini-2024-07-18", "gpt-4o-mini-2026-01-09")
    let bench = try await TestBench(Self.vendor(old, old, new, new))
    for isStreaming in [false, true, false, true] {
      #expect(try await bench.ask("Hello.", useCase: "summarize", streaming: isStreaming).status == 200)
    }
    let entries = try await bench.entries()
    let changed = entries.filter { $0["event"]?.string == "model.changed" }
    #expect(changed.count == 1)
    #expect(changed[0]["vendor"]?.string == "mock")
    #expect(changed[0]["model"]?.string == "gpt-4o-mini")
    #expect(changed[0]["object"]?.string == "\(old)..\(new)")
    #expect(changed[0]["before"] != nil && changed[0]["after"] != nil)
    let closed = entries.filter { $0["event"]?.string == "request.closed" }
    #expect(closed.map { $0["served_model"]?.string } == [old, old, new, new])
    #expect(bench.gateway.metricsPage().status == 200)
  }

  private static let pins = SampleConfiguration.yaml.replacing(
    "base_url: http://127.0.0.1:9999/v1",
    with: "base_url: http://127.0.0.1:9999/v1\n    pins: {gpt-4o-mini: gpt-4o-mini-2024-07-18}\n    other_model: warn")

  @Test(.proves("IOC-25"))
  func `an alias that drifts is one change event and one alert, however many answers it has and wherever it drifts to`()
    async throws
  {
    let (old, new) = ("gpt-4o-mini-2024-07-18", "gpt-4o-mini-2026-01-09")
    // The vendor moves to the new one machine by machine, and by and by all of its machines answer by it.
    let bench = try await TestBench(Self.vendor(old, new, old, new, new, old, new, new))
    for isStreaming in [false, true, false, true, false, true, false, true] {
      #expect(try await bench.ask("Hello.", useCase: "summarize", streaming: isStreaming).status == 200)
    }
    try await bench.gateway.raiseAlerts(Logger(label: "test"))
    #expect(bench.metrics.contains("cordon_model_changes_total 1\n"))
    #expect(bench.metrics.contains("cordon_alerts_total{rule=\"model_changed\"} 1\n"))
    let entries = try await bench.entries()
    let changed = entries.filter { $0["event"] == "model.changed" }
    #expect(changed.map { $0["object"]?.string } == ["\(old)..\(new)"])
    let alerts = entries.filter { $0["event"] == "alert.raised" }
    #expect(alerts.count == 1)
    #expect(alerts.first?["rule"] == "model_changed" && alerts.first?["object"]?.string == "\(old)..\(new)")
    #expect(alerts.first?["vendor"] == "mock" && alerts.first?["model"] == "gpt-4o-mini")
    #expect(alerts.first?["served_model"]?.string == new)
  }

  @Test(arguments: [false, true])
  func `a first answer of another model than the pinned one is a change, and is released where that is to warn`(
    _ isStreaming: Bool
  ) async throws {
    let bench = try await TestBench(Self.vendor("gpt-4o-mini-2026-01-09"), yaml: Self.pins)
    for _ in 0..<2 {
      #expect(try await bench.ask("Hello.", useCase: "summarize", streaming: isStreaming).text == "Yes.")
    }
    let entries = try await bench.entries()
    let changed = entries.filter { $0["event"] == "model.changed" }
    #expect(changed.map { $0["object"]?.string } == ["gpt-4o-mini-2024-07-18..gpt-4o-mini-2026-01-09"])
    let closed = entries.filter { $0["event"] == "request.closed" }
    #expect(closed.map { $0["outcome"]?.string } == ["completed", "completed"])
  }

  @Test func `what was noted is read again, also of a version that had not known when`() throws {
    let alias = ServedModels.Alias(vendor: "mock", operation: "chatCompletions", model: "gpt")
    let (a, b, c) = (try #require(ModelName("a")), try #require(ModelName("b")), try #require(ModelName("c")))
    let models = ServedModels()
    models.restore(Array(#"[["mock","chatCompletions","gpt","a"]]"#.utf8))
    // A pin that is set later is what is expected from then on, and missed once.
    #expect(models.note(a, for: alias, pinnedTo: c, at: 1_000) == .changed(from: c))
    #expect(models.note(a, for: alias, pinnedTo: c, at: 1_000) == .known)
    #expect(models.note(b, for: alias, at: 2_000) == .changed(from: a))
    let kept = try #require(models.kept())
    #expect(models.kept() == nil)
    let next = ServedModels()
    next.restore(kept)
    #expect(next.note(b, for: alias, at: 3_000) == .known)
    #expect(next.note(a, for: alias, at: 3_600_000) == .known)
    #expect(next.note(b, for: alias, at: 3_600_000) == .known)
    // Who comes back after more than an hour is another model than before.
    #expect(next.note(a, for: alias, at: 9_000_000) == .changed(from: b))
    next.takeBack(a, for: alias)
    #expect(next.note(a, for: alias, at: 9_000_001) == .changed(from: b))
  }

  @Test(arguments: ["other_model: warn", "pins: {a: b}\n    other_model: pass"])
  func `a configuration says what becomes of other models beside pins, and in words that there are`(
    _ line: String
  ) throws {
    let yaml = SampleConfiguration.yaml.replacing(
      "base_url: http://127.0.0.1:9999/v1", with: "base_url: http://127.0.0.1:9999/v1\n    \(line)")
    #expect(throws: ConfigurationError.self) { try Configuration(yaml: yaml) }
  }

  @Test(arguments: [false, true])
  func `releases no answer of another model than the one that is pinned`(_ isStreaming: Bool) async throws {
    let yaml = SampleConfiguration.yaml.replacing(
      "base_url: http://127.0.0.1:9999/v1",
      with: "base_url: http://127.0.0.1:9999/v1\n    pins: {gpt-4o-mini: gpt-4o-mini-2024-07-18}")
    let bench = try await TestBench(Self.vendor("gpt-4o-mini-2024-07-18", "gpt-4o-mini-2026-01-09"), yaml: yaml)
    #expect(try await bench.ask("Hello.", useCase: "summarize", streaming: isStreaming).text == "Yes.")
    let other = try await bench.ask("Hello.", useCase: "summarize", streaming: isStreaming)
    #expect(other.error == "other_model")
    #expect(other.text.isEmpty)
    #expect(!other.isDone)
    let entries = try await bench.entries()
    #expect(entries.last?["outcome"]?.string == "vendor_failed")
    #expect(entries.last?["served_model"]?.string == "gpt-4o-mini-2026-01-09")
  }
}

/// The same of what vendors work off by and by.
extension ServedModelTests {
  private static let pinned = BatchTests.yaml.replacing(
    "base_url: http://127.0.0.1:9999/v1",
    with: "base_url: http://127.0.0.1:9999/v1\n    pins: {gpt-4o-mini: gpt-4o-mini-2024-07-18}")
  private static let (old, new) = ("gpt-4o-mini-2024-07-18", "gpt-4o-mini-2026-01-09")

  private func begin(_ bench: TestBench) async throws {
    let body = #"{"model":"gpt-4o-mini","input":"Hello.","store":true,"background":true}"#
    #expect(try await bench.send(Array(body.utf8), as: .responses, useCase: "summarize").status == 200)
  }

  private func fetch(_ bench: TestBench) async throws -> JSONValue {
    let id = bench.gateway.newRequestID()
    let call = KeptCall(.retrieve, "resp_1", requestID: id, caller: bench.configuration.callers[0])
    guard case .whole(let body) = await bench.gateway.answer(call).body else { return .null }
    return try JSONValue(parsing: body)
  }

  @Test func `an answer that is fetched when it is ready is of the model that is pinned, or is not handed out`()
    async throws
  {
    let vendor = KeepingVendor(
      made: KeepingVendor.answer("queued", by: Self.old),
      kept: KeepingVendor.answer(saying: "Yes.", by: Self.old))
    let bench = try await TestBench(.echo(), yaml: Self.pinned, others: ["mock": vendor])
    try await begin(bench)
    #expect(try await fetch(bench)["status"] == "completed")
    vendor.keep(KeepingVendor.answer(saying: "Yes.", by: Self.new))
    let other = try await fetch(bench)
    #expect(other["error"]?["code"] == "other_model" && other["output"] == nil)
    let entries = try await bench.entries()
    #expect(entries.last?["outcome"] == "vendor_failed" && entries.last?["served_model"]?.string == Self.new)
    let changed = entries.filter { $0["event"] == "model.changed" }
    #expect(changed.map { $0["object"]?.string } == ["\(Self.old)..\(Self.new)"])
  }

  @Test func `a line of results says so in its place when another model than the pinned one has answered`() async throws
  {
    let vendor = BatchVendor()
    let bench = try await TestBench(.echo(), yaml: Self.pinned, others: ["mock": vendor])
    vendor.answer(by: Self.old)
    #expect(await bench.send(.createFile, BatchTests.upload()).status == 200)
    #expect(await bench.send(.createBatch, (BatchTests.order, "application/json")).status == 200)
    #expect(await bench.send(.batch, id: "batch-1").status == 200)
    #expect(await bench.send(.fileContent, id: "file-2").text.contains("Patient: Ottoline Brackenridge"))
    vendor.answer(by: Self.new)
    let line = try JSONValue(parsing: Array(await bench.send(.fileContent, id: "file-2").text.utf8.dropLast()))
    #expect(line["custom_id"] == "of Ottoline Brackenridge")
    #expect(line["error"]?["code"] == "other_model" && line["response"] == .null)
    let entries = try await bench.entries()
    let closed = entries.filter { $0["event"] == "request.closed" && $0["operation"] == "files.content" }
    #expect(closed.map { $0["served_model"]?.string } == [Self.old, Self.new])
    let changed = entries.filter { $0["event"] == "model.changed" }
    #expect(changed.map { $0["object"]?.string } == ["\(Self.old)..\(Self.new)"])
  }
}
