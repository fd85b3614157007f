import Bytes
import Providers
import Testing

/// The results of a batch, as vendors write them.
struct BatchResultTests {
  private func rewritten(
    _ line: String, in dialect: Providers.Operation.Dialect = .openAI, telling content: String? = "{}"
  ) throws -> String {
    let result = try BatchResult(Array(line.utf8), in: dialect)
    let written = result.written(naming: Array("my \"own\"".utf8), telling: content.map { Array($0.utf8) }) { said in
      Array("<".utf8) + said + Array(">".utf8)
    }
    return text(written)
  }

  @Test func `puts the caller's name and the answer in, and leaves the rest as it came`() throws {
    let line =
      #"{"id":"b_1", "custom_id":"item-3","response":{"status_code":200,"request_id":"r-1","body":{"x":[1.10]}},"error":null,"n":{"s":"a b","w":"ok"}}"#
    let result = try BatchResult(Array(line.utf8), in: .openAI)
    #expect(result.place == 2 && result.answer == Array(#"{"x":[1.10]}"#.utf8))
    #expect(
      try rewritten(line)
        == #"{"id":"b_1", "custom_id":"my \"own\"","response":{"status_code":200,"request_id":"r-1","body":{}},"error":null,"n":{"s":"<a b>","w":"ok"}}"#
    )
  }

  @Test func `tells a failure and what was not carried out apart`() throws {
    let failed =
      #"{"custom_id":"item-1","response":{"status_code":429,"body":{"error":{"message":"of Ms. X"}}},"error":null}"#
    #expect(
      try rewritten(failed) == #"{"custom_id":"my \"own\"","response":{"status_code":429,"body":{}},"error":null}"#)
    #expect(try BatchResult(Array(failed.utf8), in: .openAI).answer == nil)
    let expired = #"{"custom_id":"item-1","response":null,"error":{"code":"batch_expired","message":"of Ms. X"}}"#
    let result = try BatchResult(Array(expired.utf8), in: .openAI)
    guard case .unanswered("batch_expired", .some) = result.ending else { return #expect(Bool(false), "is answered") }
    #expect(try rewritten(expired) == #"{"custom_id":"my \"own\"","response":null,"error":{}}"#)
  }

  @Test func `reads Anthropic's results`() throws {
    let good = #"{"custom_id":"item-1","result":{"type":"succeeded","message":{"content":[]}}}"#
    #expect(try BatchResult(Array(good.utf8), in: .anthropic).answer == Array(#"{"content":[]}"#.utf8))
    let bad =
      #"{"custom_id":"item-1","result":{"type":"errored","error":{"type":"error","error":{"message":"of Ms. X"}}}}"#
    #expect(try rewritten(bad, in: .anthropic) == #"{"custom_id":"my \"own\"","result":{"type":"errored","error":{}}}"#)
    let over = #"{"custom_id":"item-1","result":{"type":"expired"}}"#
    #expect(
      try rewritten(over, in: .anthropic, telling: nil) == #"{"custom_id":"my \"own\"","result":{"type":"expired"}}"#)
  }

  @Test(arguments: [
    "", "[]", "{}", #"{"custom_id":"x","response":{"status_code":200,"body":{}}}"#, #"{"custom_id":"item-1"}"#,
    #"{"custom_id":"item-1","response":{"status_code":200}}"#, #"{"custom_id":"item-1","custom_id":"item-2"}"#,
    #"{"custom_id":"item-1","result":{"type":"succeeded"}}"#, #"{"custom_id":"item-1","result":{"type":"made up"}}"#,
    #"{"custom_id":"item-1","result":{"type":"expired","message":{}}}"#,
  ])
  func `takes nothing else for a result`(_ line: String) {
    for dialect in Providers.Operation.Dialect.allCases {
      #expect(throws: ProviderError.self) { try BatchResult(Array(line.utf8), in: dialect) }
    }
  }

  @Test func `makes a line of its own where an answer may not pass`() throws {
    let line = BatchResult.line(naming: Array("a\"".utf8), failing: OpenAIError("no", type: "t", code: "c"))
    #expect(text(line) == #"{"id":null,"custom_id":"a\"","response":null,"error":{"code":"c","message":"no"}}"#)
    let other = BatchResult.line(naming: Array("a\"".utf8), telling: Array("{}".utf8))
    #expect(text(other) == #"{"custom_id":"a\"","result":{"type":"errored","error":{}}}"#)
  }

  @Test func `shows of a vendor's object words, counts and times, and tells its errors anew`() throws {
    let object = try VendorObject(
      Array(
        #"{"id":"batch_1","status":"failed","note":"of Ms. X","Ms. X":null,"n":1.10,"mrn":70011223,"bytes":1.5,"created_at":1795230604,"total":12345678901234,"errors":{"object":"list","data":[{"code":"bad_line","message":"Ms. X","param":"a b","line":2}]},"counts":{"total":2,"Ms. X":1}}"#
          .utf8))
    #expect(
      text(object.value.bytes)
        == #"{"id":"batch_1","status":"failed","created_at":1795230604,"errors":{"object":"list","data":[{"code":"bad_line","message":"the vendor found a fault in the batch: `bad_line`","param":null,"line":2}]},"counts":{"total":2}}"#
    )
    #expect(object.id() == "batch_1")
    #expect(try VendorObject(Array(#"{"id":"../x"}"#.utf8)).id() == nil)
    #expect(throws: ProviderError.self) { try VendorObject(Array(#"{"error":{"message":"x"}}"#.utf8)) }
    #expect(throws: ProviderError.self) { try VendorObject(Array("[]".utf8)) }
  }

  @Test func `makes a line of the caller's file its own again`() throws {
    let line =
      #"{"custom_id":"item-2","method":"POST","url":"/v1/x","body":{"custom_id":"item-2","a":"T","j":"{\"b\":\"T\"}"}}"#
    let sent = try SentItem(Array(line.utf8))
    #expect(sent.place == 1)
    let written = sent.written(naming: Array("mine".utf8), calling: RequestNames()) { Replacing($0) }
    #expect(
      text(written)
        == #"{"custom_id":"mine","method":"POST","url":"/v1/x","body":{"custom_id":"item-2","a":"\"","j":"{\"b\":\"\\\"\"}"}}"#
    )
  }
}

/// Puts a quotation mark in the place of a `T`.
private struct Replacing: TextRewriter {
  let isJSON: Bool
  init(_ isJSON: Bool) { self.isJSON = isJSON }
  var trail: Bool { false }
  mutating func follow(_ trail: Bool) {}
  mutating func rewrite(_ text: Span<UInt8>, into output: inout [UInt8]) {
    for index in text.indices { output += text[index] == 0x54 ? Array((isJSON ? "\\\"" : "\"").utf8) : [text[index]] }
  }
  mutating func finish(into output: inout [UInt8]) {}
}
