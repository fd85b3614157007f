import Providers
import Testing

struct TokenListTests {
  @Test func `drops the tokens of a chat's choice whose text has changed, and keeps the others`() throws {
    let list = #"{"content":[{"token":"NA","bytes":[78,65],"top_logprobs":[{"token":"No"}]}],"refusal":null}"#
    let original =
      #"{"choices":[{"logprobs":\#(list),"index":0,"message":{"content":"NAME_1"}},"#
      + #"{"index":1,"message":{"content":"NAME_"},"logprobs":\#(list)}]}"#
    let answer = try ModelAnswer(rewriting: Array(original.utf8), for: .chatCompletions) { MarkerRewriter($0) }
    #expect(
      text(answer.body)
        == #"{"choices":[{"logprobs":null,"index":0,"message":{"content":"Renée \"Zoë\" 😀"}},"#
        + #"{"index":1,"message":{"content":"NAME_"},"logprobs":\#(list)}]}"#)
  }

  @Test func `drops a list in which a token would itself be rewritten`() throws {
    let original = #"{"choices":[{"message":{"content":"x"},"logprobs":{"content":[{"token":"NAME_1"}]}}]}"#
    let answer = try ModelAnswer(rewriting: Array(original.utf8), for: .chatCompletions) { MarkerRewriter($0) }
    #expect(text(answer.body) == #"{"choices":[{"message":{"content":"x"},"logprobs":null}]}"#)
  }

  @Test func `drops the tokens of each event whose text is held back, or said later`() throws {
    func event(_ said: String, _ list: String) -> String {
      #"data: {"choices":[{"index":0,"delta":{"content":"\#(said)"},"logprobs":\#(list)}]}"# + "\n\n"
    }
    func list(_ said: String) -> String { #"{"content":[{"token":"\#(said)"}]}"# }
    let stream = event("Hi ", list("Hi ")) + event("NAM", list("NAM")) + event("es", list("es")) + event("!", list("!"))
    #expect(
      try text(rewritten(Array(stream.utf8)))
        == event("Hi ", list("Hi ")) + event("", "null") + event("NAMes", "null") + event("!", list("!")))
  }
}
