import Bytes
import PHI
import Providers
import Testing

struct GatewayMemberTests {
  @Test(arguments: [
    (#"{"cordon":{"a":[1,"}"]},"model":"m","messages":[]}"#, #"{"model":"m","messages":[]}"#),
    (#"{"model":"m", "cordon" : {"a":1} , "messages":[]}"#, #"{"model":"m",  "messages":[]}"#),
    (#"{"model":"m","messages":[], "cordon":"x" }"#, #"{"model":"m","messages":[] }"#),
    (#"{"model":"m","messages":[],"\u0063ordon":null}"#, #"{"model":"m","messages":[]}"#),
  ])
  func `cuts the member for the gateway out of the body`(_ body: String, _ rest: String) throws {
    let request = try ModelRequest(Array(body.utf8), for: .chatCompletions)
    #expect(String(decoding: request.body, as: UTF8.self) == rest)
    #expect(request.gatewayMember != nil)
    #expect(request.view.isEmpty)
  }

  @Test func `makes edits of what is left`() throws {
    let body = #"{"cordon":{"known":{}},"model":"m","messages":[{"role":"user","content":"call Ann","cordon":"kept"}]}"#
    let request = try ModelRequest(Array(body.utf8), for: .chatCompletions)
    let start = try #require(request.view.indices.first { request.view[$0...].starts(with: Array("Ann".utf8)) })
    let edited = request.body(replacing: [Edit(start..<start + 3, with: Array("N".utf8))])
    #expect(
      String(decoding: edited, as: UTF8.self)
        == #"{"model":"m","messages":[{"role":"user","content":"call N","cordon":"kept"}]}"#)
    #expect(request.gatewayMember == Array(#"{"known":{}}"#.utf8))
  }
}
