import AsyncAlgorithms
import Bytes
import Detection
import Gateway
import Ledger
import PHI
import Providers
import TestKit
import Testing
import Vault

/// Every operation, whole and in events, while something inside the gateway or about its vendor fails.
struct FailClosedTests {
  @Test(arguments: Channel.all, Fault.allCases)
  func `gives the vendor no identifier, and the client an error of its dialect`(
    _ channel: Channel, _ fault: Fault
  ) async throws {
    let vendor = ScriptedVendor { _ throws(VendorFailure) in try fault.answer(on: channel) }
    let bench = try await TestBench(
      vendor, today: fault == .agreementHasExpired ? "2027-01-02" : "2026-06-01", yaml: Self.yaml,
      readers: fault.readers)
    if fault == .logIsClosed { try await bench.ledger.close() }
    if fault == .vaultIsLocked { try Vault.lock(data: bench.data) }
    let model = fault == .modelIsUnlisted ? "gpt-none" : "gpt-4o-mini"
    let useCase = fault == .useCaseIsUnknown ? "nobody's" : channel.useCase
    let caller = try Configuration(yaml: Self.yaml).callers[0]
    let call = ModelCall(
      channel.operation, requestID: bench.gateway.newRequestID(), caller: caller, useCase: useCase,
      body: channel.body(asking: model))
    let reply = await bench.gateway.answer(call)

    let bytes = await Self.bytes(of: reply)
    #expect(vendor.requests.isEmpty != fault.reachesVendor)
    for body in vendor.bodies {
      let text = String(decoding: body, as: UTF8.self)
      for value in GatewayTests.planted { #expect(!text.contains(value)) }
    }
    let isCutOff = channel.isStreaming && fault.beginsAnswer
    #expect(reply.status == (isCutOff ? 200 : fault.status))
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(!text.contains("of the vendor's") && !text.contains("[DONE]"))
    for value in GatewayTests.planted { #expect(!text.contains(value)) }
    let report = try JSONValue(parsing: isCutOff ? Self.lastEvent(of: text) : bytes)
    #expect(Self.isError(report, of: channel.operation, inEvents: isCutOff), "\(text)")
    #expect(bench.gateway.metrics.inFlight == 0)
  }

  /// The configuration of the other tests, and a vendor that speaks Anthropic's dialect.
  private static let yaml = SampleConfiguration.yaml
    .replacing("  - id: inside\n", with: vendor + "  - id: inside\n")
    .replacing("  - id: code\n", with: useCase + "  - id: code\n")
    .replacing("[summarize, code,", with: "[summarize, claude, code,")

  private static let vendor = """
      - id: claude
        kind: anthropic
        base_url: http://127.0.0.1:9999/v1
        region: us-east
        agreement: {id: BAA-2, signed: 2026-01-01, expires: 2027-01-01, prohibits_training: true}

    """

  private static let useCase = """
      - id: claude
        purpose: TREAT
        models: [gpt-4o-mini]
        vendor: claude
        restore: all

    """

  private static func bytes(of reply: Reply) async -> [UInt8] {
    switch reply.body {
    case .whole(let bytes): return bytes
    case .streamed(let body):
      var bytes: [UInt8] = []
      for await piece in body.pieces { bytes += piece }
      return bytes
    }
  }

  private static func lastEvent(of text: String) -> [UInt8] {
    let line = text.split(separator: "\n").last { $0.hasPrefix("data: ") }
    return Array((line ?? "data: null").utf8.dropFirst(6))
  }

  private static func isError(_ report: JSONValue, of operation: Operation, inEvents: Bool) -> Bool {
    switch operation.dialect {
    case .anthropic:
      report["type"] == "error" && report["error"]?["type"]?.string != nil && report["request_id"]?.string != nil
    case .openAI where operation == .responses && inEvents: report["type"] == "error" && report["code"]?.string != nil
    case .openAI: report["error"]?["type"]?.string != nil && report["error"]?["code"]?.string != nil
    }
  }
}

extension FailClosedTests {
  /// An operation, and how its answer is asked for.
  struct Channel: Sendable, CustomTestStringConvertible {
    let operation: Operation
    let isStreaming: Bool

    static let all = Operation.allCases.flatMap { operation in
      let streams = ![.embeddings, .moderations, .countTokens].contains(operation)
      return (streams ? [false, true] : [false]).map { Channel(operation: operation, isStreaming: $0) }
    }

    var testDescription: String { operation.rawValue + (isStreaming ? ", in events" : "") }

    var useCase: String { operation.dialect == .anthropic ? "claude" : "summarize" }

    func body(asking model: String) -> [UInt8] {
      let note = JSONValue.string(GatewayTests.note)
      var members = [JSONMember("model", .string(model)), JSONMember("stream", .bool(isStreaming))]
      switch operation {
      case .chatCompletions, .messages, .countTokens:
        members.append(JSONMember("messages", [["role": "user", "content": note]]))
        members.append(JSONMember("max_tokens", 100))
      case .completions: members.append(JSONMember("prompt", note))
      case .responses, .embeddings, .moderations: members.append(JSONMember("input", note))
      }
      return JSONValue.object(members).bytes
    }
  }

  /// What fails.
  enum Fault: String, CaseIterable, Sendable {
    case detectorFails, logIsClosed, vaultIsLocked, useCaseIsUnknown, modelIsUnlisted, agreementHasExpired
    case vendorIsUnreachable, answerIsCut, answerIsOfAnotherShape, answerIsOfAnotherType, vendorReportsFailure

    var reachesVendor: Bool {
      switch self {
      case .detectorFails, .logIsClosed, .vaultIsLocked, .useCaseIsUnknown, .modelIsUnlisted, .agreementHasExpired:
        false
      case .vendorIsUnreachable, .answerIsCut, .answerIsOfAnotherShape, .answerIsOfAnotherType, .vendorReportsFailure:
        true
      }
    }

    /// Whether an answer begins that is then none.
    var beginsAnswer: Bool { reachesVendor && self != .vendorIsUnreachable && self != .answerIsOfAnotherType }

    var status: Int {
      switch self {
      case .detectorFails, .logIsClosed, .vaultIsLocked: 503
      case .useCaseIsUnknown, .modelIsUnlisted, .agreementHasExpired: 403
      case .vendorIsUnreachable, .answerIsCut, .answerIsOfAnotherShape, .answerIsOfAnotherType, .vendorReportsFailure:
        502
      }
    }

    var readers: Readers {
      var readers = Readers()
      guard self == .detectorFails else { return readers }
      readers.asked = SecondOpinion(reach: .everything) { _, _ throws(SecondOpinionFailure) in
        throw SecondOpinionFailure("the model failed while it read a text: error 1")
      }
      return readers
    }

    func answer(on channel: Channel) throws(VendorFailure) -> VendorAnswer {
      let body =
        switch self {
        case .answerIsCut: #"{"id":"1","choices":[{"index":0,"message":{"content":"of the vendor's"#
        case .answerIsOfAnotherShape: channel.isStreaming ? "[1]" : #"{"said":"of the vendor's"}"#
        case .vendorReportsFailure: #"{"type":"error","error":{"message":"of the vendor's","type":"x","code":"y"}}"#
        default: "<html>of the vendor's</html>"
        }
      guard reachesVendor, self != .vendorIsUnreachable else { throw VendorFailure(.unreachable) }
      if self == .answerIsOfAnotherType {
        return VendorAnswer(status: 200, contentType: "text/html", passedHeaders: [], body: .pieces([Array(body.utf8)]))
      }
      let bytes = Array((channel.isStreaming ? "data: \(body)\n\n" : body).utf8)
      let type = channel.isStreaming ? "text/event-stream" : "application/json"
      return VendorAnswer(status: 200, contentType: type, passedHeaders: [], body: .pieces([bytes]))
    }
  }
}
