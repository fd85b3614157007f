import Bytes
import Gateway
import Ledger
import TestKit
import Testing

struct ApprovalTests {
  private static func yaml(_ more: String, restore: String = "restore: all") -> String {
    SampleConfiguration.yaml.replacing(
      "vendor: mock\n    restore: all", with: "vendor: mock\n    \(restore)\n    \(more)")
  }

  @Test(.proves("IOC-08"))
  func `lets identifiers into answers by an approval that each answer cites, and by none not`() async throws {
    #expect(throws: ConfigurationError(.missing, at: "use_cases[0].approval", line: 19)) {
      try Configuration(yaml: Self.yaml("phi_in_output: authorised"))
    }
    let bench = try await TestBench(.echo(), yaml: Self.yaml("phi_in_output: authorised\n    approval: APR-2026-7"))
    for isStreaming in [false, true] {
      let answer = try await bench.ask(GatewayTests.note, useCase: "summarize", streaming: isStreaming)
      #expect(answer.text == GatewayTests.note)
      #expect(answer.headers.contains { $0.name == "x-cordon-approval" && $0.value == "APR-2026-7" })
    }
    let other = try await bench.ask(GatewayTests.note, useCase: "names-only")
    #expect(!other.headers.contains { $0.name == "x-cordon-approval" })
    let entries = try await bench.entries()
    #expect(entries.filter { $0["use_case"]?.string == "summarize" }.count == 4)
    for entry in entries {
      #expect(entry["approval"]?.string == (entry["use_case"]?.string == "summarize" ? "APR-2026-7" : nil))
    }
  }

  @Test(arguments: [
    ("approval: APR-1", "restore: all", "approval"), ("phi_in_output: perhaps", "restore: all", "phi_in_output"),
    ("phi_in_output: blocked", "restore: all", "restore"),
    ("phi_in_output: blocked\n    novel_identifiers: pass", "restore: none", "novel_identifiers"),
    ("phi_in_output: blocked\n    approval: APR-1", "restore: none", "approval"),
    ("phi_in_output: authorised\n    approval: two words", "restore: all", "approval"),
  ])
  func `takes no configuration that contradicts itself`(_ more: String, _ restore: String, _ place: String) throws {
    let error = #expect(throws: ConfigurationError.self) {
      try Configuration(yaml: Self.yaml(more, restore: restore))
    }
    #expect(error?.path == "use_cases[0].\(place)")
  }

  @Test func `gives nothing back where that is blocked`() async throws {
    let bench = try await TestBench(.echo(), yaml: Self.yaml("phi_in_output: blocked", restore: "restore: none"))
    let answer = try await bench.ask("Maria Gonzalez came.", useCase: "summarize")
    #expect(answer.status == 200)
    #expect(!answer.text.contains("Gonzalez"))
  }
}
