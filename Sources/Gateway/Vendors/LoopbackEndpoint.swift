import Bytes

/// The loopback model behind the same door as any vendor: it reads and writes the OpenAI dialect.
package struct LoopbackEndpoint: ModelEndpoint {
  private let model = LoopbackModel()
  private let now: @Sendable () -> Int64
  private let observe: @Sendable ([UInt8]) -> Void

  /// - Parameters:
  ///   - now: milliseconds since the Unix epoch.
  ///   - observe: called with the bytes of each request; the demonstration shows what the model saw.
  package init(now: @escaping @Sendable () -> Int64, observe: @escaping @Sendable ([UInt8]) -> Void = { _ in }) {
    self.now = now
    self.observe = observe
  }

  package func send(_ request: OutboundRequest) async throws(VendorFailure) -> VendorAnswer {
    observe(request.body)
    guard let body = try? JSONValue(parsing: request.body) else { throw VendorFailure(.unexpectedAnswer) }
    let answer = Answer(
      text: model.summary(of: Self.lastUserText(in: body)), model: body["model"]?.string ?? "loopback",
      promptWords: Self.wordCount(request.body), created: now() / 1_000, id: request.requestID)
    let wantsUsage = body["stream_options"]?["include_usage"] == .bool(true)
    return VendorAnswer(
      status: 200, contentType: request.isStreaming ? "text/event-stream" : "application/json", passedHeaders: [],
      body: .pieces(request.isStreaming ? answer.events(withUsage: wantsUsage) : [answer.whole]))
  }

  private static func lastUserText(in body: JSONValue) -> String {
    let messages = body["messages"]?.array ?? []
    guard let content = messages.last(where: { $0["role"]?.string == "user" })?["content"] else { return "" }
    return content.string ?? (content.array ?? []).compactMap { $0["text"]?.string }.joined(separator: "\n")
  }

  private static func wordCount(_ bytes: [UInt8]) -> Int {
    bytes.reduce(into: 0) { count, byte in if byte == 0x20 { count += 1 } } + 1
  }
}

extension LoopbackEndpoint {
  /// An answer of the loopback model, written as the OpenAI API writes answers.
  private struct Answer {
    var text: String
    var model: String
    var promptWords: Int
    var created: Int64
    var id: String

    var whole: [UInt8] {
      let choice: JSONValue = [
        "index": 0, "message": ["role": "assistant", "content": .string(text), "refusal": .null], "logprobs": .null,
        "finish_reason": "stop",
      ]
      return envelope("chat.completion", choices: [choice], usage: usage)
    }

    /// The events of a stream; the text is cut without regard to words, as vendors cut it.
    func events(withUsage: Bool) -> [[UInt8]] {
      var events = [delta(["role": "assistant", "content": ""])]
      var rest = Array(text)[...]
      var length = 3
      while !rest.isEmpty {
        events.append(delta(["content": .string(String(rest.prefix(length)))]))
        rest = rest.dropFirst(length)
        length = length % 11 + 4
      }
      events.append(delta([:], finish: "stop"))
      if withUsage { events.append(event(envelope("chat.completion.chunk", choices: [], usage: usage))) }
      return events + [event(Array("[DONE]".utf8))]
    }

    private func delta(_ delta: JSONValue, finish: JSONValue = .null) -> [UInt8] {
      let choice: JSONValue = ["index": 0, "delta": delta, "finish_reason": finish]
      return event(envelope("chat.completion.chunk", choices: [choice], usage: nil))
    }

    private func event(_ payload: [UInt8]) -> [UInt8] {
      Array("data: ".utf8) + payload + [0x0A, 0x0A]
    }

    private func envelope(_ object: String, choices: [JSONValue], usage: JSONValue?) -> [UInt8] {
      var members = [
        JSONMember("id", .string("chatcmpl-\(id)")), JSONMember("object", .string(object)),
        JSONMember("created", .integer(Int(created))), JSONMember("model", .string(model)),
        JSONMember("choices", .array(choices)),
      ]
      if let usage { members.append(JSONMember("usage", usage)) }
      var bytes: [UInt8] = []
      JSONValue.object(members).write(into: &bytes)
      return bytes
    }

    /// Words stand for tokens: the loopback model has no tokenizer.
    private var usage: JSONValue {
      let words = text.split(whereSeparator: \.isWhitespace).count
      return [
        "prompt_tokens": .integer(promptWords), "completion_tokens": .integer(words),
        "total_tokens": .integer(promptWords + words),
      ]
    }
  }
}
