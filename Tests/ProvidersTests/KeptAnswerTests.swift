import Bytes
import Providers
import Testing

struct KeptAnswerTests {
  private func rewritten(_ body: String, _ kept: KeptAnswer) throws -> ModelAnswer {
    try kept.rewriting(Array(body.utf8), naming: RequestNames()) { MarkerRewriter($0) }
  }

  private static let answer =
    #"{"id":"resp_68f1","object":"response","status":"completed","output":[{"id":"msg_1","type":"message","#
    + #""role":"assistant","content":[{"type":"output_text","text":"NAME_1 is well","annotations":[]}]}],"x":1.10}"#

  @Test func `says what the vendor calls an answer, whole and in events`() throws {
    let whole = try ModelAnswer(rewriting: Array(Self.answer.utf8), for: .responses) { MarkerRewriter($0) }
    #expect(whole.id == "resp_68f1")
    var stream = AnswerStream(for: .responses) { MarkerRewriter($0) }
    var output: [UInt8] = []
    let created = #"data: {"type":"response.created","sequence_number":0,"response":\#(Self.answer)}"# + "\n\n"
    #expect(stream.answerID == nil)
    try stream.receive(Array(created.utf8).span, into: &output)
    #expect(stream.answerID == "resp_68f1")
  }

  @Test func `restores the items that an answer was made from, and leaves everything else`() throws {
    let body =
      #"{"object":"list","data":[{"id":"msg_1","type":"message","role":"user","status":"completed","#
      + #""content":[{"type":"input_text","text":"NAME_1"}]},{"id":"fc_1","type":"function_call","call_id":"call_1","#
      + #""name":"find","arguments":"{\"who\":\"NAME_1\"}"}],"first_id":"msg_1","last_id":"fc_1","has_more":false}"#
    let found = String(decoding: try rewritten(body, .inputItems).body, as: UTF8.self)
    let expected = String(
      decoding: try ModelAnswer(
        rewriting: Array(
          #"{"output":\#(body.split(separator: #""data":"#)[1].split(separator: #","first_id""#)[0])}"#.utf8),
        for: .responses
      ) { MarkerRewriter($0) }.body, as: UTF8.self)
    #expect(found.hasPrefix(#"{"object":"list","data":["#))
    #expect(found.hasSuffix(#","first_id":"msg_1","last_id":"fc_1","has_more":false}"#))
    #expect(found.contains(expected.dropFirst(#"{"output":"#.count).dropLast()))
    #expect(found != body)
  }

  @Test(arguments: [
    ("{}", KeptAnswer.inputItems), (#"{"object":"list"}"#, .inputItems), ("{}", .answer), ("[]", .deletion),
    (#"{"error":{"message":"x"}}"#, .deletion), (#"{"error":{"message":"x"},"data":[]}"#, .inputItems),
  ])
  func `refuses what is no such thing`(_ body: String, _ kept: KeptAnswer) {
    #expect(throws: ProviderError.self) { try rewritten(body, kept) }
  }

  @Test func `leaves a deletion as it is`() throws {
    let body = #"{"id":"resp_68f1","object":"response","deleted":true}"#
    #expect(try rewritten(body, .deletion).body == Array(body.utf8))
  }

  @Test func `lets only words of the dialect and drawn ids into an address`() {
    #expect(KeptAnswer.isIncludable("message.output_text.logprobs"))
    #expect(!KeptAnswer.isIncludable("Maria Gonzalez"))
    #expect(KeptAnswer.isItemID("msg_68f1c0ffee001268f1c0ffee001268f1c0ff"))
    #expect(!KeptAnswer.isItemID("MariaGonzalez"))
  }

  @Test func `names that went out under others do so in later requests`() throws {
    let body = #"{"model":"m","input":[{"type":"function_call_output","call_id":"call_of_Ann_Lee_today","output":""}]}"#
    let first = try ModelRequest(Array(body.utf8), for: .responses)
    let (_, names) = first.prose.replacing([], in: first.body)
    let again = try #require(RequestNames(try JSONValue(parsing: names.json.bytes)))
    #expect(again == names && !names.isEmpty)
    let other = try ModelRequest(
      Array(body.replacing("call_of_Ann_Lee_today", with: "call_of_Wu_Chen_today").utf8), for: .responses)
    let (sent, all) = other.prose.replacing([], in: other.body, after: again)
    #expect(String(decoding: sent, as: UTF8.self).contains("call_cordon2"))
    let (repeated, _) = first.prose.replacing([], in: first.body, after: all)
    #expect(String(decoding: repeated, as: UTF8.self).contains("call_cordon1"))
  }
}
