import Bytes
import PHI
import Providers
import Testing

struct TextOperationTests {
  @Test(
    arguments: [
      (
        .completions, #""prompt":"Ann","suffix":"Bo","max_tokens":0,"logprobs":2,"best_of":1,"stop":"Cy""#,
        "Ann\n\nBo\n\nstop: Cy"
      ),
      (.completions, #""prompt":["Ann","Ren\u00e9e"],"user":"u7""#, "Ann\n\nRenée\n\nuser: u7"),
      (.completions, #""prompt":null"#, ""),
      (.embeddings, #""input":"Ann","encoding_format":"base64","dimensions":256"#, "Ann"),
      (.embeddings, #""input":["maria","Bo"],"user":"u7""#, "maria\n\nBo\n\nuser: u7"),
      (.moderations, #""input":["Ann",{"type":"text","text":"Bo"}]"#, "Ann\n\nBo"),
      (.moderations, #""input":"Ann""#, "Ann"),
    ] as [(Operation, String, String)])
  func `shows its texts`(_ operation: Operation, _ fields: String, _ view: String) throws {
    let request = try ModelRequest(body(fields), for: operation)
    #expect(text(request.view) == view)
    #expect(request.uninspectable.isEmpty)
    #expect(request.storage == .declined)
    #expect(request.body(replacing: []) == body(fields))
  }

  @Test(
    arguments: [
      (.completions, #""prompt":[464,3139]"#, "prompt", .tokens),
      (.completions, #""prompt":[[464],[3139,1]]"#, "prompt", .tokens),
      (.completions, #""prompt":["Ann",[3139]]"#, "prompt", .tokens),
      (.embeddings, #""input":[464,3139]"#, "input", .tokens),
      (.embeddings, #""input":[[464],[]]"#, "input", .tokens),
      (.moderations, #""input":[{"type":"image_url","image_url":{"url":"x"}}]"#, "input[0].image_url", .image),
    ] as [(Operation, String, String, Uninspectable.Reason)])
  func `names what cannot be inspected`(
    _ operation: Operation, _ fields: String, _ path: String, _ reason: Uninspectable.Reason
  ) throws {
    let request = try ModelRequest(body(fields), for: operation)
    #expect(request.uninspectable.map(\.path) == [path])
    #expect(request.uninspectable.map(\.reason) == [reason])
    #expect(request.view.isEmpty || ["Ann", "url: x"].contains(text(request.view)))
  }

  @Test(
    arguments: [
      (.completions, #"{"model":"m","prompt":7}"#, ProviderError(.wrongType, at: 22, path: "prompt")),
      (.completions, #"{"model":"m","prompt":[{}]}"#, ProviderError(.wrongType, at: 23, path: "prompt[0]")),
      (.embeddings, #"{"model":"m"}"#, ProviderError(.missingField, at: 0, path: "input")),
      (.embeddings, #"{"input":"x"}"#, ProviderError(.missingField, at: 0, path: "model")),
      (.embeddings, #"{"model":"m","input":true}"#, ProviderError(.wrongType, at: 21, path: "input")),
      (.moderations, #"{"model":"m"}"#, ProviderError(.missingField, at: 0, path: "input")),
      (.moderations, #"{"model":"m","input":[7]}"#, ProviderError(.wrongType, at: 22, path: "input[0]")),
    ] as [(Operation, String, ProviderError)])
  func `refuses a body it cannot take at its word`(_ operation: Operation, _ body: String, _ error: ProviderError) {
    #expect(throws: error) { try ModelRequest(Array(body.utf8), for: operation) }
  }

  @Test func `rewrites the texts of a completion, and drops the tokens of those that change`() throws {
    let original =
      #"{"id":"cmpl-1","object":"text_completion","model":"m","choices":[{"text":"Dear NAME_1","index":0,"#
      + #""logprobs":{"tokens":["Dear ","NAME","_1"],"token_logprobs":[-1,-2,-3],"text_offset":[0,5,9]},"finish_reason":"stop"},"#
      + #"{"text":"so","index":1,"logprobs":{"tokens":["so"]},"finish_reason":"length"}],"usage":{"prompt_tokens":3}}"#
    let answer = try ModelAnswer(rewriting: Array(original.utf8), for: .completions) { MarkerRewriter($0) }
    let name = text(JSONString.escaped(Array(MarkerRewriter.name.utf8).span))
    let list = try #require(
      original.firstRange(of: #"{"tokens":["Dear ","NAME","_1"],"token_logprobs":[-1,-2,-3],"text_offset":[0,5,9]}"#))
    #expect(
      text(answer.body)
        == original.replacingCharacters(in: list, with: "null").replacing("Dear NAME_1", with: "Dear \(name)"))
    #expect(answer.finishReasons == [0: "stop", 1: "length"])
    #expect(answer.usage == TokenUsage(prompt: 3))
  }

  @Test func `releases what is held of a completion in an event like the others`() throws {
    let stream =
      #"data: {"id":"c","choices":[{"text":"Hi NAM","index":1,"logprobs":null,"finish_reason":null}],"model":"m"}"#
      + "\n\n"
      + #"data: {"id":"c","choices":[{"text":"E_2 N","index":1}]}"# + "\n\ndata: [DONE]\n\n"
    #expect(
      try text(rewritten(Array(stream.utf8), for: .completions))
        == #"data: {"id":"c","choices":[{"text":"Hi ","index":1,"logprobs":null,"finish_reason":null}],"model":"m"}"#
        + "\n\n" + #"data: {"id":"c","choices":[{"text":"NAME_2 ","index":1}]}"# + "\n\n"
        + #"data: {"id":"c","choices":[{"index":1,"text":"N","logprobs":null,"finish_reason":null}]}"#
        + "\n\ndata: [DONE]\n\n")
  }

  @Test(
    arguments: [
      (
        .embeddings,
        #"{"object":"list","model":"e","data":[{"object":"embedding","index":0,"embedding":"NAME_1"},{"embedding":[0.10,-1e-9]}],"usage":{"prompt_tokens":8,"total_tokens":8}}"#
      ),
      (.moderations, #"{"id":"NAME_1","model":"e","results":[{"flagged":false,"category_scores":{"hate":0.10}}]}"#),
    ] as [(Operation, String)])
  func `leaves numbers and bytes as they came`(_ operation: Operation, _ original: String) throws {
    let answer = try ModelAnswer(rewriting: Array(original.utf8), for: operation) { MarkerRewriter($0) }
    #expect(text(answer.body) == original)
    #expect(answer.model == "e")
  }

  @Test(
    arguments: [
      (.embeddings, #"{"object":"list"}"#, ProviderError(.missingField, at: 0, path: "data")),
      (.embeddings, #"{"error":{"message":"x"}}"#, ProviderError(.vendorFailed, at: 0, path: "error")),
      (.moderations, #"{"id":"x"}"#, ProviderError(.missingField, at: 0, path: "results")),
      (.completions, #"{"id":"x"}"#, ProviderError(.missingField, at: 0, path: "choices")),
      (.responses, #"{"id":"x"}"#, ProviderError(.missingField, at: 0, path: "output")),
      (.responses, #"{"output":[],"error":{"code":"x"}}"#, ProviderError(.vendorFailed, at: 0, path: "error")),
    ] as [(Operation, String, ProviderError)])
  func `refuses what is no answer`(_ operation: Operation, _ body: String, _ error: ProviderError) {
    #expect(throws: error) {
      try ModelAnswer(rewriting: Array(body.utf8), for: operation) { MarkerRewriter($0) }
    }
  }

  private func body(_ fields: String) -> [UInt8] { Array("{\"model\":\"m\",\(fields)}".utf8) }
}

extension String {
  fileprivate func replacingCharacters(in range: Range<Index>, with replacement: String) -> String {
    var text = self
    text.replaceSubrange(range, with: replacement)
    return text
  }
}
