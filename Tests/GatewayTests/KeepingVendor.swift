import Bytes
import Gateway
import Synchronization

/// A vendor of responses that keeps one answer.
final class KeepingVendor: ModelEndpoint {
  private let state: Mutex<State>
  private let deletes: Bool

  private struct State {
    var made: JSONValue
    var kept: JSONValue
    var fails = false
    var hangs = false
    var hanging = 0
    var deletions = 0
    var patiences: [Int64?] = []
  }

  /// A vendor that makes `made`, and has it as `kept` afterwards.
  init(deletes: Bool = true, made: JSONValue = answer(), kept: JSONValue = answer()) {
    self.deletes = deletes
    state = Mutex(State(made: made, kept: kept))
  }

  var isHanging: Bool { state.withLock(\.hanging) > 0 }
  /// How often it has deleted the answer.
  var deletions: Int { state.withLock(\.deletions) }
  /// How long each answer might take to begin.
  var patiences: [Int64?] { state.withLock(\.patiences) }
  func hang() { state.withLock { $0.hangs = true } }
  func goOn() { state.withLock { $0.hangs = false } }
  func fail() { state.withLock { $0.fails = true } }
  /// Has the answer as another from now on.
  func keep(_ answer: JSONValue) { state.withLock { $0.kept = answer } }

  /// An answer that says `text` and was made by `model`.
  static func answer(
    _ status: String = "completed", saying text: String? = nil, by model: String = "gpt-4o-mini",
    counting usage: (input: Int, output: Int)? = nil
  ) -> JSONValue {
    let message: JSONValue? = text.map { text in
      [
        "id": "msg_1", "type": "message", "role": "assistant", "status": "completed",
        "content": [["type": "output_text", "text": .string(text), "annotations": []]],
      ]
    }
    let counted: JSONValue? = usage.map { usage in
      [
        "input_tokens": .integer(usage.input), "output_tokens": .integer(usage.output),
        "total_tokens": .integer(usage.input + usage.output),
      ]
    }
    return [
      "id": "resp_1", "object": "response", "status": .string(status), "model": .string(model),
      "output": .array(message.map { [$0] } ?? []), "usage": counted ?? .null,
    ]
  }

  func send(_ request: OutboundRequest) async throws(VendorFailure) -> VendorAnswer {
    state.withLock { $0.patiences.append(request.patience) }
    try await wait()
    return Self.whole(state.withLock(\.made))
  }

  func send(_ request: ResourceRequest) async throws(VendorFailure) -> VendorAnswer {
    state.withLock { $0.patiences.append(request.patience) }
    if state.withLock(\.fails) { throw VendorFailure(.interrupted) }
    try await wait()
    guard request.method == .delete else { return Self.whole(state.withLock(\.kept)) }
    state.withLock { $0.deletions += 1 }
    return Self.whole(["id": "resp_1", "object": "response", "deleted": .bool(deletes)])
  }

  /// Hangs as a connection does, which closes when nobody wants it any more.
  private func wait() async throws(VendorFailure) {
    state.withLock { $0.hanging += $0.hangs ? 1 : 0 }
    defer { state.withLock { $0.hanging -= $0.hanging > 0 ? 1 : 0 } }
    while state.withLock(\.hangs) {
      guard (try? await Task.sleep(for: .milliseconds(2))) != nil else { throw VendorFailure(.cancelled) }
    }
  }

  private static func whole(_ value: JSONValue) -> VendorAnswer {
    VendorAnswer(status: 200, contentType: "application/json", passedHeaders: [], body: .pieces([value.bytes]))
  }
}
