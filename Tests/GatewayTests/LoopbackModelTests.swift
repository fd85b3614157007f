import Bytes
import Gateway
import Providers
import Testing

struct LoopbackModelTests {
  @Test func `summarises by the headings of a note and copies its tokens`() {
    let note = """
      Patient: NAME_1_KTQ   MRN: MRN_1_BCD
      CC: chest pain.
      Plan: call NAME_1B_WXD on DATE_2_FGH.
      """
    #expect(
      LoopbackModel().summary(of: note) == """
        Summary
        - Patient: NAME_1_KTQ   MRN: MRN_1_BCD
        - Presenting problem: chest pain.
        - Plan: call NAME_1B_WXD on DATE_2_FGH.
        - Named in the note: NAME_1_KTQ, MRN_1_BCD, NAME_1B_WXD, DATE_2_FGH
        """)
  }

  @Test func `takes the first sentences of a note without headings`() {
    #expect(LoopbackModel().summary(of: "She is well. He is not.") == "Summary\n- She is well.\n- He is not.")
  }

  @Test(arguments: ["", " \n\t\n"])
  func `says when there is no note`(_ note: String) {
    #expect(LoopbackModel().summary(of: note) == "There is no note to summarise.")
  }

  @Test func `streams the text that it answers whole`() async throws {
    let endpoint = LoopbackEndpoint(now: { 1_795_000_000_000 })
    let body = Array(#"{"model":"m","messages":[{"role":"user","content":"CC: cough for 3 days.\nPlan: rest"}]}"#.utf8)
    func text(streaming: Bool) async throws -> [JSONValue] {
      let answer = try await endpoint.send(
        OutboundRequest(.chatCompletions, requestID: "r", model: "loopback", body: body, isStreaming: streaming))
      var bytes: [UInt8] = []
      for try await piece in answer.body { bytes += piece }
      return try String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        .map { $0.hasPrefix("data: ") ? $0.dropFirst(6) : $0 }.filter { $0 != "[DONE]" }
        .map { try JSONValue(parsing: Array($0.utf8)) }
    }
    let whole = try await text(streaming: false)[0]["choices"]?.array?[0]["message"]?["content"]?.string
    let pieces = try await text(streaming: true).compactMap { $0["choices"]?.array?[0]["delta"]?["content"]?.string }
    #expect(whole == "Summary\n- Presenting problem: cough for 3 days.\n- Plan: rest")
    #expect(pieces.joined() == whole)
    #expect(pieces.count > 5)
  }
}
