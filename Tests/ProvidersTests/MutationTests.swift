import Bytes
import PHI
import Providers
import TestKit
import Testing

struct MutationTests {
  @Test func `never traps on a mutated request, answer or stream`() {
    let seed: UInt64 = 1_996
    var random = SeededGenerator(seed: seed)
    let request = Array(
      #"{"model":"m","n":1,"messages":[{"role":"user","content":"Ren\u00e9e \ud83d\ude00"},{"role":"assistant","tool_calls":[{"function":{"arguments":"{\"p\":\"R\\u00e9\",\"n\":[12,\"{\\\"a\\\":7}\"]}"}}]},{"content":[{"type":"text","text":"a"}]}],"x":{"k":[1.10,"v"]}}"#
        .utf8)
    let answer = Array(
      #"{"id":"1","choices":[{"index":0,"message":{"content":"NAME_1 \u00e9","tool_calls":[{"function":{"arguments":"NAME_1"}}]},"finish_reason":"stop"}],"usage":{"prompt_tokens":1}}"#
        .utf8)
    let stream = Array(ChatStreamTests.streams.joined().utf8)
    let clock = ContinuousClock()
    let end = clock.now + .milliseconds(900)
    var rounds = 0
    while clock.now < end {
      rounds += 1
      if let request = try? ModelRequest(mutated(request, &random), for: .chatCompletions) {
        edit(request, &random, seed)
      }
      _ = try? ModelAnswer(rewriting: mutated(answer, &random), for: .chatCompletions) { MarkerRewriter($0) }
      let events = mutated(stream, &random)
      _ = try? rewritten(events, cutAt: [Int.random(in: 0...events.count, using: &random)])
    }
    #expect(rounds > 0, "seed \(seed)")
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
      _ = try ModelRequest(request.body(replacing: edits), for: .chatCompletions)
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
