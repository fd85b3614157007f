import AsyncAlgorithms
import Bytes
import Gateway
import Ledger
import Providers
import Synchronization
import TestKit
import Testing

/// Files and batches at the gateway: what goes out, what comes back, and what closes the way.
struct BatchTests {
  private static let yaml = SampleConfiguration.yaml.replacing(
    "    restore: all\n", with: "    restore: all\n    kept_by_vendor: {seconds: 3600}\n")

  private static let line =
    #"{"custom_id":"of Ottoline Brackenridge","method":"POST","url":"/v1/chat/completions","body":{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Patient: Ottoline Brackenridge"}]}}"#

  private static func upload(_ lines: String = line) -> (body: [UInt8], type: String) {
    MultipartForm([
      MultipartForm.Field("purpose", Array("batch".utf8)),
      MultipartForm.Field("file", filename: "Brackenridge.jsonl", Array(lines.utf8)),
    ]).written(boundary: "t")
  }

  private static let order = Array(
    #"{"input_file_id":"file-1","endpoint":"/v1/chat/completions","completion_window":"24h"}"#.utf8)

  /// Sends a call and takes its answer, whole or in pieces; nil in the place of a body that broke off.
  private func send(
    _ operation: BatchOperation, to bench: TestBench, id: String? = nil,
    _ body: (body: [UInt8], type: String) = ([], ""),
    caller: Int = 0
  ) async -> (status: Int, text: String) {
    var call = BatchCall(
      operation, requestID: bench.gateway.newRequestID(), caller: bench.configuration.callers[caller],
      useCase: "summarize", body: body.body)
    (call.id, call.contentType) = (id, body.type)
    let reply = await bench.gateway.answer(call)
    switch reply.body {
    case .whole(let bytes): return (reply.status, String(decoding: bytes, as: UTF8.self))
    case .streamed(let streamed):
      var bytes: [UInt8] = []
      for await piece in streamed.pieces { bytes += piece }
      return (reply.status, String(decoding: bytes, as: UTF8.self))
    }
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

/// A vendor with one file, one batch of it, and one file of results in which each request is said back.
final class BatchVendor: ModelEndpoint {
  private let state = Mutex(Sent())
  private let name: String?

  private struct Sent {
    var all: [UInt8] = []
    var lines: [UInt8] = []
  }

  init(naming name: String? = nil) { self.name = name }

  /// All that it was sent.
  var sent: String { state.withLock { String(decoding: $0.all, as: UTF8.self) } }

  func send(_ request: OutboundRequest) async throws(VendorFailure) -> VendorAnswer {
    throw VendorFailure(.unexpectedAnswer)
  }

  func send(_ request: ResourceRequest) async throws(VendorFailure) -> VendorAnswer {
    state.withLock { state in
      state.all += Array(request.path.utf8) + (request.body?.bytes ?? [])
      guard request.path == "/files", let body = request.body else { return }
      let form = try? MultipartForm(body.bytes, type: body.type)
      state.lines = form?.fields.first { $0.name == "file" }?.content ?? []
    }
    switch (request.method, request.path) {
    case (.delete, _): return whole(["id": "file-1", "object": "file", "deleted": true])
    case (_, "/files"), (_, "/files/file-1"):
      return whole(["id": "file-1", "object": "file", "filename": "requests.jsonl", "purpose": "batch"])
    case (_, "/files/file-2/content"): return content()
    case (_, "/batches"), (_, "/batches/batch-1"):
      return whole([
        "id": "batch-1", "object": "batch", "input_file_id": "file-1", "status": "completed",
        "output_file_id": "file-2",
      ])
    default: throw VendorFailure(.unreachable)
    }
  }

  private func whole(_ value: JSONValue) -> VendorAnswer {
    VendorAnswer(status: 200, contentType: "application/json", passedHeaders: [], body: .pieces([value.bytes]))
  }

  private func content() -> VendorAnswer {
    let line = state.withLock { try? JSONValue(parsing: $0.lines) }
    let said = line?["body"]?["messages"]?.array?.last?["content"] ?? .null
    let body: JSONValue = [
      "id": "1", "object": "chat.completion",
      "choices": [["index": 0, "message": ["role": "assistant", "content": said], "finish_reason": "stop"]],
    ]
    let result: JSONValue = [
      "id": "r", "custom_id": name.map { .string($0) } ?? line?["custom_id"] ?? .null,
      "response": ["status_code": 200, "request_id": "q", "body": body], "error": .null,
    ]
    return VendorAnswer(
      status: 200, contentType: "application/octet-stream", passedHeaders: [], body: .pieces([result.bytes + [0x0A]]))
  }
}
