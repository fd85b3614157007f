import Providers
import Testing

struct ReplyEncodingTests {
  @Test func `writes an error in the dialect's shape`() {
    let error = OpenAIError("no agreement in force: \"x\"", type: "permission_error", code: "agreement_expired")
    let body =
      #"{"error":{"message":"no agreement in force: \"x\"","type":"permission_error","param":null,"code":"agreement_expired"}}"#
    #expect(text(error.body) == body)
    #expect(text(error.event) == "data: \(body)\n\n")
  }

  @Test func `writes a list of models`() {
    let list = ModelList([ModelList.Model(id: "loopback", owner: "cordon", created: 1_700_000_000)])
    #expect(
      text(list.body)
        == #"{"object":"list","data":[{"id":"loopback","object":"model","created":1700000000,"owned_by":"cordon"}]}"#)
    #expect(text(ModelList([]).body) == #"{"object":"list","data":[]}"#)
  }
}
