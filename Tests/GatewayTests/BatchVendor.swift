import AsyncAlgorithms
import Bytes
import Gateway
import Ledger
import Providers
import Synchronization

/// A vendor with one file, one batch of it, and one file of results in which each request is said back.
final class BatchVendor: ModelEndpoint {
  private let state = Mutex(Sent())
  private let name: String?
  private let usage: JSONValue
  private let members: [JSONMember]
  private let status: Int

  private struct Sent {
    var all: [UInt8] = []
    var lines: [UInt8] = []
    var bodies: [[UInt8]] = []
    var deletions = 0
    var model = "gpt-4o-mini"
    var hanging = 0
    /// How its paths begin that it does not answer yet, and how many of them it answers before.
    var held: (path: String, after: Int)?
    var batches = 0
  }

  /// How many requests it has not answered yet.
  var hanging: Int { state.withLock(\.hanging) }

  /// The bodies that it was sent.
  var bodies: [[UInt8]] { state.withLock(\.bodies) }
  /// How often it was told to delete something.
  var deletions: Int { state.withLock(\.deletions) }

  /// A vendor whose result has these `members`, and this `status`.
  init(
    naming name: String? = nil, counting usage: JSONValue = .null, saying members: [JSONMember] = [], status: Int = 200
  ) {
    (self.name, self.usage, self.members, self.status) = (name, usage, members, status)
  }

  /// Answers by another model from now on.
  func answer(by model: String) { state.withLock { $0.model = model } }

  /// Answers nothing that it is asked at paths that begin so, but for the first few, until it is told to go on.
  func hold(_ path: String, after count: Int = 0) { state.withLock { $0.held = (path, count) } }

  /// Answers again.
  func goOn() { state.withLock { $0.held = nil } }

  /// All that it was sent.
  var sent: String { state.withLock { String(decoding: $0.all, as: UTF8.self) } }

  func send(_ request: OutboundRequest) async throws(VendorFailure) -> VendorAnswer {
    throw VendorFailure(.unexpectedAnswer)
  }

  func send(_ request: ResourceRequest) async throws(VendorFailure) -> VendorAnswer {
    state.withLock { state in
      state.all += Array(request.path.utf8) + (request.body?.bytes ?? [])
      if request.method == .delete { state.deletions += 1 }
      if let body = request.body { state.bodies.append(body.bytes) }
      guard request.path == "/files", let body = request.body else { return }
      let form = try? MultipartForm(body.bytes, type: body.type)
      state.lines = form?.fields.first { $0.name == "file" }?.content ?? []
    }
    try await wait(at: request.path)
    switch (request.method, request.path) {
    case (.delete, _): return whole(["id": "file-1", "object": "file", "deleted": true])
    case (_, "/files"), (_, "/files/file-1"):
      return whole(["id": "file-1", "object": "file", "filename": "requests.jsonl", "purpose": "batch"])
    case (_, "/files/file-2/content"): return content()
    case (_, "/batches"):
      return batch(
        state.withLock { state in
          state.batches += 1
          return state.batches
        })
    case (_, "/batches/batch-1"), (.post, "/batches/batch-1/cancel"): return batch(1)
    case (_, "/batches/batch-2"): return batch(2)
    default: throw VendorFailure(.unreachable)
    }
  }

  /// Hangs as a connection does, which closes when nobody wants it any more.
  private func wait(at path: String) async throws(VendorFailure) {
    let isHeld = state.withLock { state in
      guard let held = state.held, path.hasPrefix(held.path) else { return false }
      guard held.after == 0 else {
        state.held?.after -= 1
        return false
      }
      state.hanging += 1
      return true
    }
    guard isHeld else { return }
    defer { state.withLock { $0.hanging -= 1 } }
    while state.withLock({ $0.held != nil }) {
      guard (try? await Task.sleep(for: .milliseconds(2))) != nil else { throw VendorFailure(.cancelled) }
    }
  }

  private func batch(_ number: Int) -> VendorAnswer {
    whole([
      "id": .string("batch-\(number)"), "object": "batch", "input_file_id": "file-1", "status": "completed",
      "output_file_id": "file-2",
    ])
  }

  private func whole(_ value: JSONValue) -> VendorAnswer {
    VendorAnswer(status: 200, contentType: "application/json", passedHeaders: [], body: .pieces([value.bytes]))
  }

  private func content() -> VendorAnswer {
    let line = state.withLock { try? JSONValue(parsing: $0.lines) }
    let said = line?["body"]?["messages"]?.array?.last?["content"] ?? .null
    let answer: JSONValue = [
      "id": "1", "object": "chat.completion", "model": .string(state.withLock(\.model)), "usage": usage,
      "choices": [["index": 0, "message": ["role": "assistant", "content": said], "finish_reason": "stop"]],
    ]
    let body = JSONValue.object((status == 200 ? answer.members ?? [] : []) + members)
    let result: JSONValue = [
      "id": "r", "custom_id": name.map { .string($0) } ?? line?["custom_id"] ?? .null,
      "response": ["status_code": .integer(status), "request_id": "q", "body": body], "error": .null,
    ]
    return VendorAnswer(
      status: 200, contentType: "application/octet-stream", passedHeaders: [], body: .pieces([result.bytes + [0x0A]]))
  }
}

extension TestBench {
  /// Sends a call and takes its answer, whole or in pieces; nil in the place of a body that broke off.
  func send(
    _ operation: BatchOperation, id: String? = nil, _ body: (body: [UInt8], type: String) = ([], ""),
    patient: String? = nil, user: String? = nil, sensitivity: String? = nil,
    stating facts: FactHeaders = FactHeaders()
  ) async -> (status: Int, text: String) {
    var call = BatchCall(
      operation, requestID: gateway.newRequestID(), caller: configuration.callers[0],
      useCase: "summarize", body: body.body)
    (call.id, call.contentType, call.user) = (id, body.type, user)
    (call.patient, call.sensitivity, call.facts) = (patient, sensitivity, facts)
    // As the responder does it: what stops a call cuts what waits for its answer.
    let work = Task { [call] in await gateway.answer(call) }
    call.interruption.onStop { work.cancel() }
    let reply = await withTaskCancellationHandler {
      await work.value
    } onCancel: {
      work.cancel()
    }
    switch reply.body {
    case .whole(let bytes): return (reply.status, String(decoding: bytes, as: UTF8.self))
    case .streamed(let streamed):
      var bytes: [UInt8] = []
      for await piece in streamed.pieces { bytes += piece }
      return (reply.status, String(decoding: bytes, as: UTF8.self))
    }
  }
}
