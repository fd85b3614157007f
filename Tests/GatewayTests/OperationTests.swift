import Bytes
import Gateway
import Providers
import Testing

struct OperationTests {
  private static func vendor(_ kind: String) throws -> Vendor {
    let yaml = SampleConfiguration.yaml.replacing("kind: openai", with: kind)
    return try #require(try Configuration(yaml: yaml).vendors.first)
  }

  @Test(
    arguments: [
      ("kind: openai", [.chatCompletions, .completions, .responses, .embeddings, .moderations], [.messages]),
      (
        "kind: azure_openai", [.chatCompletions, .completions, .responses, .embeddings],
        [.messages]
      ),
      ("kind: anthropic", [.messages, .countTokens], [.chatCompletions]),
    ] as [(String, [Operation], [Operation])])
  func `knows what each vendor takes, as it is and translated`(
    _ kind: String, _ direct: [Operation], _ translated: [Operation]
  ) throws {
    let vendor = try Self.vendor(kind)
    for operation in Operation.allCases {
      switch vendor.carriage(of: operation) {
      case .direct?: #expect(direct.contains(operation))
      case .translated?: #expect(translated.contains(operation))
      case nil: #expect(!direct.contains(operation) && !translated.contains(operation))
      }
    }
  }

  private static func send(
    _ body: String, as operation: Operation, yaml: String = SampleConfiguration.yaml
  ) async throws -> (TestAnswer, ScriptedVendor) {
    let vendor = ScriptedVendor.echo()
    let bench = try await TestBench(vendor, yaml: yaml)
    return (try await bench.send(Array(body.utf8), as: operation, useCase: "summarize"), vendor)
  }

  @Test(
    arguments: [
      (#"{"model":"gpt-4o-mini","input":"hi","store":true}"#, .responses, "kept_by_vendor"),
      (#"{"model":"gpt-4o-mini","messages":[],"store":true}"#, .chatCompletions, "kept_by_vendor"),
      (#"{"model":"gpt-4o-mini","input":"hi","previous_response_id":"resp_1"}"#, .responses, "kept_by_vendor"),
      (#"{"model":"gpt-4o-mini","input":"hi","conversation":"conv_1"}"#, .responses, "kept_by_vendor"),
      (#"{"model":"gpt-4o-mini","input":"hi","background":true}"#, .responses, "kept_by_vendor"),
      (#"{"model":"gpt-4o-mini","input":"hi","tools":[{"type":"web_search"}]}"#, .responses, "vendor_tool"),
    ] as [(String, Operation, String)])
  func `refuses what a vendor would keep, or do by itself`(
    _ body: String, _ operation: Operation, _ rule: String
  ) async throws {
    let (answer, vendor) = try await Self.send(body, as: operation)
    #expect(answer.status == 403)
    #expect(answer.error == rule)
    #expect(vendor.requests.isEmpty)
    #expect(answer.headers.contains { $0.name == "x-should-retry" && $0.value == "false" })
  }

  @Test(arguments: [
    (#"{"model":"gpt-4o-mini","input":"hi"}"#, #"{"store":false,"model":"gpt-4o-mini","input":"hi"}"#),
    (
      #" { "model":"gpt-4o-mini","input":"hi","store":false}"#, #" { "model":"gpt-4o-mini","input":"hi","store":false}"#
    ),
  ])
  func `tells the vendor to keep nothing where its custom is to keep`(_ body: String, _ sent: String) async throws {
    let (_, vendor) = try await Self.send(body, as: .responses)
    #expect(vendor.bodies.map { String(decoding: $0, as: UTF8.self) } == [sent])
    #expect(vendor.requests.map(\.operation) == [.responses])
  }

  @Test func `lets a tool of the vendor's through where the use case names it`() async throws {
    let yaml = SampleConfiguration.yaml.replacing(
      "    restore: all\n", with: "    restore: all\n    vendor_tools: [web_search]\n")
    let body = #"{"model":"gpt-4o-mini","input":"hi","tools":[{"type":"web_search_20260209"},{"type":"local_shell"}]}"#
    let (_, vendor) = try await Self.send(body, as: .responses, yaml: yaml)
    #expect(vendor.requests.count == 1)
  }

  @Test(arguments: ["[video]", "[encoded bytes]", "image"])
  func `lets nothing be uninspected but pictures, sound and files`(_ list: String) {
    let yaml = SampleConfiguration.yaml.replacing(
      "    restore: all\n", with: "    restore: all\n    uninspected: \(list)\n")
    #expect(throws: ConfigurationError.self) { try Configuration(yaml: yaml) }
  }

  @Test(arguments: ["", "    uninspected: [image]\n"])
  func `sends a picture only where the use case says so`(_ rule: String) async throws {
    let yaml = SampleConfiguration.yaml.replacing("    restore: all\n", with: "    restore: all\n\(rule)")
    let part = #"{"type":"image_url","image_url":{"url":"https://pictures.example/1.png"}}"#
    let body = #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":[\#(part)]}]}"#
    let (answer, vendor) = try await Self.send(body, as: .chatCompletions, yaml: yaml)
    #expect(answer.error == (rule.isEmpty ? "uninspectable_content" : nil))
    #expect(vendor.requests.count == (rule.isEmpty ? 0 : 1))
  }
}
