import Bytes
import Providers
import Testing

/// The requests of a batch, as callers write them.
struct BatchItemTests {
  private static let body = #"{"model":"m","messages":[]}"#

  private static func line(
    id: String = #""x""#, method: String = "POST", url: String = "/v1/chat/completions", body: String = body
  ) -> String { #"{"custom_id":\#(id),"method":"\#(method)","url":"\#(url)","body":\#(body)}"# }

  @Test func `reads a line and leaves its request as it is`() throws {
    let body = #"{ "model":"m", "t":1.10,"messages":[ ] }"#
    let items = try BatchItem.items(ofLines: Array("\u{FEFF}\(Self.line(id: #""\u0041\n""#, body: body))\r\n".utf8))
    #expect(
      items == [
        BatchItem(number: 1, customID: Array("A\n".utf8), operation: .chatCompletions, body: Array(body.utf8))
      ])
    var written: [UInt8] = []
    items[0].written(at: 4, saying: Array("{}".utf8), into: &written)
    #expect(text(written) == #"{"custom_id":"item-5","method":"POST","url":"/v1/chat/completions","body":{}}"#)
    #expect(BatchItem.place(of: Array("item-5".utf8)) == 4)
  }

  @Test(arguments: ["item-0", "item-05", "item-", "item--1", "item-5 ", "Item-5", "5", "item-99999999999999999999"])
  func `takes no other name for one of its own`(_ name: String) {
    #expect(BatchItem.place(of: Array(name.utf8)) == nil)
  }

  @Test(arguments: [
    ("", BatchError.Code.empty, nil), ("[]", .member("custom_id"), 1),
    ("{", .malformedJSON(JSONError(.endOfText, at: 1)), 1),
    (line(id: "1"), .member("custom_id"), 1), (line(id: #""""#), .member("custom_id"), 1),
    (line(id: "\"\(String(repeating: "x", count: 513))\""), .member("custom_id"), 1), (line(method: "GET"), .method, 1),
    (line(url: "/v1/messages"), .address, 1), (line(url: "/v1/files"), .address, 1),
    (line(url: "/v1/messages/count_tokens"), .address, 1), (line(body: "[]"), .member("body"), 1),
    ("{\"note\":\"x\",\(line().dropFirst())", .surplusMember, 1),
    (line() + " {}", .malformedJSON(JSONError(.trailingBytes, at: 86)), 1),
    ("\(line())\n\n\(line())", .repeatedID, 3),
    ("\(line())\n\(line(id: #""y""#, url: "/v1/responses"))", .otherAddress, 2),
    (line(body: String(repeating: "[", count: 200)), .malformedJSON(JSONError(.tooDeep, at: 0)), 1),
  ])
  func `says which line is none and why`(_ given: String, _ code: BatchError.Code, _ number: Int?) throws {
    let error = try #require(throws: BatchError.self) { try BatchItem.items(ofLines: Array(given.utf8)) }
    if case .malformedJSON(let found) = error.code, case .malformedJSON(let expected) = code {
      #expect(found.code == expected.code && error.number == number)
    } else {
      #expect(error == BatchError(code, number, in: .openAI))
    }
    #expect(!error.description.contains("\n"))
  }

  @Test func `reads Anthropic's list and leaves its requests as they are`() throws {
    let body = #"{"requests":[ {"custom_id":"a","params":{"model":"m"} } ,{"params": { } ,"custom_id":"b"}]}"#
    let items = try BatchItem.items(ofBody: Array(body.utf8))
    #expect(items.map { text($0.body) } == [#"{"model":"m"}"#, "{ }"])
    #expect(items.map(\.number) == [1, 2] && items.allSatisfy { $0.operation == .messages })
    var written: [UInt8] = []
    items[1].written(at: 1, saying: Array("{}".utf8), into: &written)
    #expect(text(written) == #"{"custom_id":"item-2","params":{}}"#)
  }

  @Test(arguments: [
    (#"{"requests":[]}"#, BatchError.Code.empty, nil), (#"{"requests":{}}"#, .member("requests"), nil),
    ("{}", .member("requests"), nil), (#"{"requests":[{"custom_id":"a"}]}"#, .member("params"), 1),
    (#"{"requests":[1]}"#, .member("custom_id"), 1), (#"{"requests":[],"note":1}"#, .surplusMember, nil),
    (#"{"requests":[{"custom_id":"a","params":{}},{"custom_id":"a","params":{}}]}"#, .repeatedID, 2),
  ])
  func `says which request of a list is none and why`(_ given: String, _ code: BatchError.Code, _ number: Int?) {
    #expect(throws: BatchError(code, number, in: .anthropic)) { try BatchItem.items(ofBody: Array(given.utf8)) }
  }
}
