import Providers
import Testing

struct ReplyEncodingTests {
  @Test func `writes an error in the dialect's shape`() {
    let error = OpenAIError("no agreement in force: \"x\"", type: "permission_error", code: "agreement_expired")
    let body =
      #"{"error":{"message":"no agreement in force: \"x\"","type":"permission_error","param":null,"code":"agreement_expired"}}"#
    #expect(text(error.body) == body)
    #expect(text(error.event) == "data: \(body)\n\n")
    #expect(error.event(for: .completions, number: 3) == error.event)
  }

  @Test func `writes an error into a stream of a response as an event of its own kind`() {
    let error = OpenAIError("the vendor failed", type: "server_error")
    #expect(
      text(error.event(for: .responses, number: 3)) == "event: error\ndata: "
        + #"{"type":"error","code":"server_error","message":"the vendor failed","param":null,"sequence_number":3}"#
        + "\n\n")
  }

  @Test func `writes a list of models`() {
    let list = ModelList([ModelList.Model(id: "loopback", owner: "cordon", created: 1_700_000_000)])
    #expect(
      text(list.body(in: .openAI))
        == #"{"object":"list","data":[{"id":"loopback","object":"model","created":1700000000,"owned_by":"cordon"}]}"#)
    #expect(text(ModelList([]).body(in: .openAI)) == #"{"object":"list","data":[]}"#)
  }
}
