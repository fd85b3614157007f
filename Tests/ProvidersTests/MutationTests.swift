import Bytes
import PHI
import Providers
import TestKit
import Testing

struct MutationTests {
  @Test(
    arguments: [
      (
        .chatCompletions,
        #"{"model":"m","n":1,"messages":[{"role":"user","content":"Ren\u00e9e \ud83d\ude00"},{"role":"assistant","tool_calls":[{"function":{"arguments":"{\"p\":\"R\\u00e9\",\"n\":[12,\"{\\\"a\\\":7}\"]}"}}]},{"content":[{"type":"text","text":"a"}]}],"x":{"k":[1.10,"v"]}}"#,
        #"{"id":"1","choices":[{"index":0,"message":{"content":"NAME_1 \u00e9","audio":{"transcript":"NAME_1"},"tool_calls":[{"function":{"arguments":"NAME_1"}}]},"logprobs":{"content":[{"token":"NAME_1"}]},"finish_reason":"stop"}],"usage":{"prompt_tokens":1}}"#,
        ChatStreamTests.streams.joined()
      ),
      (
        .responses,
        #"{"model":"m","input":[{"role":"user","content":[{"type":"input_text","text":"Ren\u00e9e"}]},{"type":"reasoning","summary":[{"type":"summary_text","text":"x"}],"encrypted_content":"gA"},{"type":"function_call","call_id":"call_abcdefgh","arguments":"{\"p\":\"R\\u00e9\"}"},{"type":"shell_call_output","output":[{"stdout":"a"}]}],"conversation":{"id":"c"},"prompt":{"variables":{"a":"b"}},"tools":[{"type":"mcp"}],"cordon":{"a":1}}"#,
        #"{"id":"1","status":"completed","error":null,"output":[{"type":"message","content":[{"type":"output_text","text":"NAME_1","logprobs":[{"token":"a"}]}]},{"type":"function_call","arguments":"NAME_1"},{"type":"shell_call","action":{"commands":["NAME_1"]}}],"usage":{"input_tokens":1}}"#,
        ResponsesStreamTests.items[1] + ResponsesStreamTests.items[7]
      ),
      (
        .completions, #"{"model":"m","prompt":["Ren\u00e9e",[1,2]],"suffix":"b","logit_bias":{"50256":1}}"#,
        #"{"choices":[{"text":"NAME_1","index":0,"logprobs":{"tokens":["NAME_1"]},"finish_reason":"stop"}]}"#,
        #"data: {"id":"c","choices":[{"text":"NAM","index":0,"logprobs":null}]}"# + "\n\ndata: [DONE]\n\n"
      ),
      (
        .embeddings, #"{"model":"m","input":["Ren\u00e9e","\ud83d\ude00"],"encoding_format":"base64"}"#,
        #"{"object":"list","data":[{"embedding":[0.1,2]}],"usage":{"prompt_tokens":1}}"#, "data: {}\n\n"
      ),
      (
        .moderations, #"{"model":"m","input":[{"type":"text","text":"a"},"Ren\u00e9e"]}"#,
        #"{"results":[{"flagged":true}],"x":"NAME_1"}"#, "data: {}\n\n"
      ),
    ] as [(Operation, String, String, String)])
  func `never traps on a mutated request, answer or stream`(
    _ operation: Operation, _ request: String, _ answer: String, _ stream: String
  ) {
    let seed: UInt64 = 1_996
    var random = SeededGenerator(seed: seed)
    for _ in 0..<1_000 {
      if let request = try? ModelRequest(mutated(Array(request.utf8), &random), for: operation) {
        edit(request, &random, seed)
      }
      _ = try? ModelAnswer(rewriting: mutated(Array(answer.utf8), &random), for: operation) { MarkerRewriter($0) }
      let events = mutated(Array(stream.utf8), &random)
      let cut = Int.random(in: 0...events.count, using: &random)
      let whole = try? rewritten(events, for: operation)
      let pieces = try? rewritten(events, cutAt: [cut], for: operation)
      #expect(whole == pieces, "seed \(seed)")
    }
  }

  private func edit(_ request: ModelRequest, _ random: inout SeededGenerator, _ seed: UInt64) {
    let view = request.view
    #expect(firstInvalidUTF8(in: view) == nil, "seed \(seed)")
    let cuts = (0..<6).map { _ in
      var cut = Int.random(in: 0...view.count, using: &random)
      while cut < view.count, view[cut] & 0xC0 == 0x80 { cut += 1 }
      return cut
    }.sorted()
    let edits = stride(from: 0, to: 6, by: 2).map { Edit(cuts[$0]..<cuts[$0 + 1], with: Array("\"é".utf8)) }
    do throws(ProviderError) {
      _ = try ModelRequest(request.body(replacing: edits), for: request.operation)
    } catch {
      // Two names may be edited to be the same; nothing else may go wrong.
      #expect(error.code == .malformedJSON(.duplicateName), "seed \(seed)")
    }
  }

  private func mutated(_ original: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    var bytes = original
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
      case 1: bytes.remove(at: place)
      case 2: bytes.insert(original[Int.random(in: 0..<original.count, using: &random)], at: place)
      default: bytes[place] = original[Int.random(in: 0..<original.count, using: &random)]
      }
    }
    return bytes
  }
}
