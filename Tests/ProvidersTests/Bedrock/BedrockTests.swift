import Bytes
import Testing

import Providers

struct BedrockTests {
  @Test(
    arguments: [
      (#"{"model":"m","max_tokens":5,"stream":true,"messages":[]}"#, #""max_tokens":5,"messages":[]"#),
      (
        #" { "max_tokens" : 5 , "messages" : [ {"stream":true,"model":"x"} ] , "model" : "m" } "#,
        #""max_tokens" : 5,"messages" : [ {"stream":true,"model":"x"} ]"#
      ),
      (#"{"mo\u0064el":"m","str\u0065am":false,"anthropic_version":"other","anthropic_beta":["x"],"a":1}"#, #""a":1"#),
    ])
  func `says in the body what belongs there, and the rest as it came`(_ body: String, _ rest: String) throws {
    let written = try BedrockRequest.body(of: Array(body.utf8))
    #expect(String(decoding: written, as: UTF8.self) == #"{"anthropic_version":"bedrock-2023-05-31",\#(rest)}"#)
  }

  @Test func `names features in the body`() throws {
    let written = try BedrockRequest.body(of: Array(#"{"model":"m"}"#.utf8), features: ["pdfs-2024-09-25", "a\"b"])
    let value = try JSONValue(parsing: written)
    #expect(value["anthropic_beta"]?.array?.compactMap(\.string) == ["pdfs-2024-09-25", "a\"b"])
  }

  @Test(arguments: ["[]", "{", #"{"a":1,"a":2}"#, "\"a\"", #"{"\ud800":1}"#])
  func `refuses what is no object`(_ body: String) {
    #expect(throws: JSONError.self) { try BedrockRequest.body(of: Array(body.utf8)) }
  }

  @Test func `writes each chunk as the event that it holds`() throws {
    var events = BedrockEvents()
    let bytes = BedrockSamples.chunk(#"{"type":"ping"}"#) + BedrockSamples.chunk("{\n\"type\":\"message_stop\"\r}")
    let written = try events.events(from: bytes.span)
    #expect(
      String(decoding: written, as: UTF8.self)
        == "event: ping\ndata: {\"type\":\"ping\"}\n\nevent: message_stop\ndata: { \"type\":\"message_stop\" }\n\n")
    #expect(events.isBetween)
  }

  @Test(
    arguments: [
      ("throttlingException", "rate_limit_error"), ("serviceUnavailableException", "overloaded_error"),
      ("modelTimeoutException", "timeout_error"), ("validationException", "invalid_request_error"),
      ("modelStreamErrorException", "api_error"), ("Ottoline", "api_error"),
    ])
  func `tells of an exception without the vendor's words`(_ name: String, _ kind: String) throws {
    var events = BedrockEvents()
    let written = String(decoding: try events.events(from: BedrockSamples.exception(name).span), as: UTF8.self)
    #expect(written.hasPrefix("event: error\ndata: ") && written.contains(kind) && !written.contains("Ottoline"))
  }

  @Test(
    arguments: [
      #"{"p":"x"}"#, #"{"bytes":"?"}"#, #"{"bytes":"W10="}"#, #"{"bytes":"eyJ0eXBlIjoiYVxuYiJ9"}"#, "no JSON",
    ])
  func `refuses a chunk that holds no event`(_ payload: String) {
    let headers = BedrockSamples.text(":event-type", "chunk") + BedrockSamples.text(":message-type", "event")
    let message = BedrockSamples.message(headers: headers, payload: Array(payload.utf8))
    #expect(throws: AmazonEventStream.Fault.content) {
      var events = BedrockEvents()
      _ = try events.events(from: message.span)
    }
  }
}
