import Bytes
import Gateway
import Providers
import TestKit
import Testing

struct NovelIdentifierTests {
  private static let answer = "Maria Gonzalez is well. Her MRN is 4471902, as Dr. Thaddeus Quillfeather wrote."

  /// A vendor that says the first token it was sent, and then what nobody had told it.
  private static func vendor() -> ScriptedVendor {
    ScriptedVendor { request throws(VendorFailure) in
      let token = ScriptedVendor.lastContent(of: request).prefix { $0 != " " }
      let text = answer.replacing("Maria Gonzalez", with: token)
      return request.isStreaming
        ? ScriptedVendor.stream(ScriptedVendor.events(saying: text, cut: 3), cut: 11)
        : ScriptedVendor.whole(saying: text)
    }
  }

  private static func configured(_ policy: String) -> String {
    SampleConfiguration.yaml.replacing(
      "    restore: all\n", with: "    restore: all\n    novel_identifiers: \(policy)\n")
  }

  @Test(.proves("IOC-03"), arguments: [false, true])
  func `redacts what the model made up, split over pieces of a stream too`(isStreaming: Bool) async throws {
    let bench = try await TestBench(Self.vendor())
    let answer = try await bench.ask("Maria Gonzalez has asthma", useCase: "summarize", streaming: isStreaming)
    #expect(answer.status == 200)
    #expect(answer.text == "Maria Gonzalez is well. Her MRN is [MRN], as Dr. [NAME] wrote.")
    let entries = try await bench.entries()
    #expect(entries.last?["identifiers"]?.members?.map(\.name).sorted() == ["MRN", "NAME"])
    #expect(bench.gateway.metrics.page().contains("cordon_novel_identifiers_total{kind=\"MRN\"} 1"))
    for file in try bench.files() { #expect(!String(decoding: file.bytes, as: UTF8.self).contains("4471902")) }
  }

  @Test(arguments: [false, true])
  func `stops an answer at what the model made up where the use case says so`(isStreaming: Bool) async throws {
    let bench = try await TestBench(Self.vendor(), yaml: Self.configured("block"))
    let answer = try await bench.ask("Maria Gonzalez has asthma", useCase: "summarize", streaming: isStreaming)
    #expect(answer.error == "novel_identifier")
    #expect(answer.status == (isStreaming ? 200 : 403))
    #expect(!answer.text.contains("4471902"))
    let entries = try await bench.entries()
    #expect(entries.last?["rule"]?.string == "novel_identifier")
    #expect(entries.last?["outcome"]?.string == "withheld")
  }

  @Test(.proves("IOC-07"), arguments: [false, true])
  func `blocks what is new, and gives a caller nothing of a kind that it may not see`(isStreaming: Bool) async throws {
    let bench = try await TestBench(Self.vendor(), yaml: Self.configured("block"))
    let blocked = try await bench.ask("Maria Gonzalez has asthma", useCase: "summarize", streaming: isStreaming)
    #expect(blocked.error == "novel_identifier")
    let limited = try await bench.ask("Maria Gonzalez has asthma", useCase: "tokens-only", streaming: isStreaming)
    #expect(limited.text.hasPrefix("NAME_1_"))
    #expect(limited.text.hasSuffix(" is well. Her MRN is [MRN], as Dr. [NAME] wrote."))
  }

  @Test func `counts once what a stream of a response tells in several events`() async throws {
    let said = "Her MRN is 4471902."
    let part = #"{"type":"output_text","text":"\#(said)","annotations":[],"logprobs":[]}"#
    let item = #"{"id":"msg_1","type":"message","role":"assistant","status":"completed","content":[\#(part)]}"#
    let place = #""item_id":"msg_1","output_index":0,"content_index":0"#
    let events = [
      ("response.output_text.delta", #"\#(place),"delta":"Her MRN is 44""#),
      ("response.output_text.delta", #"\#(place),"delta":"71902.""#),
      ("response.output_text.done", #"\#(place),"text":"\#(said)""#),
      ("response.content_part.done", #"\#(place),"part":\#(part)"#),
      ("response.output_item.done", #""output_index":0,"item":\#(item)"#),
      ("response.completed", #""response":{"id":"resp_1","status":"completed","output":[\#(item)]}"#),
    ].enumerated().map { number, event in
      "event: \(event.0)\ndata: {\"type\":\"\(event.0)\",\"sequence_number\":\(number),\(event.1)}\n\n"
    }
    let vendor = ScriptedVendor { _ throws(VendorFailure) in
      ScriptedVendor.stream(Array(events.joined().utf8), cut: 29)
    }
    let bench = try await TestBench(vendor)
    let body = #"{"model":"gpt-4o-mini","input":"Maria Gonzalez has asthma","stream":true}"#
    let answer = try await bench.send(Array(body.utf8), as: .responses, useCase: "summarize")
    #expect(answer.status == 200)
    #expect(bench.gateway.metrics.page().contains("cordon_novel_identifiers_total{kind=\"MRN\"} 1"))
  }

  @Test func `an event that repeats a long answer is none too long`() async throws {
    let line = "The lungs are clear. "
    let said = String(repeating: line, count: (1 << 20) / line.utf8.count + 1000)
    let part = #"{"type":"output_text","text":"\#(said)"}"#
    let item = #"{"id":"msg_1","type":"message","role":"assistant","status":"completed","content":[\#(part)]}"#
    let place = #""item_id":"msg_1","output_index":0,"content_index":0"#
    let events = [
      ("response.output_text.delta", #"\#(place),"delta":"\#(said.prefix(1 << 19))""#),
      ("response.output_text.delta", #"\#(place),"delta":"\#(said.dropFirst(1 << 19))""#),
      ("response.completed", #""response":{"id":"resp_1","status":"completed","output":[\#(item)]}"#),
    ].enumerated().map { number, event in
      "event: \(event.0)\ndata: {\"type\":\"\(event.0)\",\"sequence_number\":\(number),\(event.1)}\n\n"
    }
    let vendor = ScriptedVendor { _ throws(VendorFailure) in
      ScriptedVendor.stream(Array(events.joined().utf8), cut: 1 << 16)
    }
    let bench = try await TestBench(vendor)
    let body = #"{"model":"gpt-4o-mini","input":"Hello.","stream":true}"#
    let answer = try await bench.send(Array(body.utf8), as: .responses, useCase: "summarize")
    #expect(answer.status == 200 && answer.error == nil)
    let last = String(decoding: answer.body.suffix(said.utf8.count + 400), as: UTF8.self)
    #expect(last.contains("response.completed") && last.contains(said))
  }

  @Test func `passes it where the use case says so`() async throws {
    let bench = try await TestBench(Self.vendor(), yaml: Self.configured("pass"))
    let answer = try await bench.ask("Maria Gonzalez has asthma", useCase: "summarize")
    #expect(answer.text == Self.answer)
  }

  @Test func `takes no other policy`() {
    #expect(throws: ConfigurationError.self) { try Configuration(yaml: Self.configured("ignore")) }
  }
}
