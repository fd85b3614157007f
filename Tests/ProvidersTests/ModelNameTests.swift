import Bytes
import Providers
import Testing

struct ModelNameTests {
  @Test(arguments: [
    (#"{"model":"a","n":1}"#, #"{"model":"b-2","n":1}"#),
    (
      #"{ "n" : 1.0, "messages":[{"model":"a"}] , "model" :  "a" }"#,
      #"{ "n" : 1.0, "messages":[{"model":"a"}] , "model" :  "b-2" }"#
    ),
    (##"{"mod\u0065l":"\u0061"}"##, ##"{"mod\u0065l":"b-2"}"##),
    (#"{"n":1}"#, #"{"n":1}"#), (#"{"model":null}"#, #"{"model":null}"#), (#"["model"]"#, #"["model"]"#),
  ])
  func `names another model and leaves every other byte`(_ body: String, _ expected: String) throws {
    let named = try ModelRequest.body(Array(body.utf8), naming: "b-2")
    #expect(String(decoding: named, as: UTF8.self) == expected)
  }

  @Test func `refuses what is no JSON`() {
    #expect(throws: JSONError.self) { try ModelRequest.body(Array(#"{"n":1,"#.utf8), naming: "b") }
  }
}
