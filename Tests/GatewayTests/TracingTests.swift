import Bytes
import Gateway
import Testing

struct TracingTests {
  @Test func `reads the header of a trace and writes it again`() throws {
    let header = "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01"
    let context = try #require(TraceContext(header))
    #expect(context.header == header)
    #expect(context.isSampled)
    #expect(TraceContext("00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-00")?.isSampled == false)
    #expect(TraceContext("cc-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01-more") != nil)
  }

  @Test(arguments: [
    "", "00", "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
    "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
    "00-0AF7651916CD43DD8448EB211C80319C-00f067aa0ba902b7-01",
    "ff-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01",
    "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01-more",
    "00-0af7651916cd43dd8448eb211c80319-00f067aa0ba902b7-01",
    "00-+af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01",
    "00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-1",
  ])
  func `takes no header that is wrong`(_ header: String) { #expect(TraceContext(header) == nil) }

  @Test func `writes spans as OTLP in JSON`() throws {
    let context = TraceContext(trace: [1, 2], span: 3, isSampled: true)
    let span = TraceSpan(name: "chat m", kind: .client, context: context, parent: 4, start: 5, end: 6)
    let body = try JSONValue(parsing: [span].body(of: "cordon"))
    let written = body["resourceSpans"]?.array?.first?["scopeSpans"]?.array?.first?["spans"]?.array?.first
    #expect(
      written == [
        "traceId": "00000000000000010000000000000002", "spanId": "0000000000000003", "parentSpanId": "0000000000000004",
        "name": "chat m", "kind": 3, "startTimeUnixNano": "5", "endTimeUnixNano": "6", "attributes": [], "status": [:],
      ])
  }

  @Test func `leaves one span for the request and one for each try, and none of what was said`() async throws {
    let traces = Traces()
    let bench = try await TestBench(.echo(), traces: traces)
    for streaming in [false, true] {
      _ = try await bench.ask(GatewayTests.note, useCase: "summarize", streaming: streaming)
    }
    let spans = traces.take()
    #expect(
      spans.map(\.name).sorted() == [
        "POST /v1/chat/completions", "POST /v1/chat/completions", "chat gpt-4o-mini", "chat gpt-4o-mini",
      ])
    let text = String(decoding: spans.body(of: "cordon"), as: UTF8.self)
    for value in GatewayTests.planted { #expect(!text.contains(value)) }
  }

  @Test func `keeps so many spans for a collector that is gone, and counts the others`() async throws {
    let traces = Traces(most: 3)
    let bench = try await TestBench(.echo(), traces: traces)
    for _ in 0..<4 { _ = try await bench.ask("hello", useCase: "summarize") }
    #expect(traces.take().count == 3)
    #expect(traces.tally.dropped == 5)
  }
}
