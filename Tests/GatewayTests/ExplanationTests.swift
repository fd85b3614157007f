import Bytes
import Gateway
import Ledger
import TestKit
import Testing

struct ExplanationTests {
  private func explanation(_ bench: TestBench, _ id: String = "req_1") throws -> Explanation {
    let request = try #require(RequestID(id))
    return try #require(try Explanation(of: request, in: KeyedLog.own(of: bench.data), data: bench.data))
  }

  @Test func `tells who asked for what, what was found, restored and made up, and how it ended`() async throws {
    let vendor = ScriptedVendor { request throws(VendorFailure) in
      ScriptedVendor.whole(saying: ScriptedVendor.lastContent(of: request) + " Call 208-555-0199.")
    }
    let bench = try await TestBench(vendor)
    _ = try await bench.ask(GatewayTests.note, useCase: "summarize")
    _ = try await bench.entries()
    let explanation = try explanation(bench)
    let json = explanation.json
    #expect(json["caller"]?.string == "dr-lee")
    #expect(json["vendor"]?.string == "mock")
    #expect(json["agreement"]?.string == "BAA-1")
    #expect(json["agreement_digest"]?.string?.utf8.count == 64)
    #expect(json["region"]?.string == "us-east")
    #expect(json["decision"]?.string == "allowed")
    #expect(json["ending"]?.string == "completed")
    #expect(json["found"]?["NAME"]?.integer == 2)
    #expect(json["restored"]?["NAME"]?.integer == 2)
    #expect(json["novel"]?["PHONE"]?.integer == 1)
    #expect(json["entries"]?.array?.count == 2)
    let all = explanation.text + String(decoding: json.bytes, as: UTF8.self)
    for value in GatewayTests.planted { #expect(!all.contains(value)) }
    #expect(explanation.text.contains("restored      NAME 2"))
  }

  @Test(arguments: Refusal.Rule.allCases)
  func `tells for every rule what would change its decision`(_ rule: Refusal.Rule) async throws {
    let bench = try await TestBench(.echo())
    var entry = Entry(.requestRefused, at: Timestamp(milliseconds: 0), request: RequestID("req_9"))
    entry.rule = ConfiguredName(rule.rawValue)
    entry.decision = .deny
    try await bench.ledger.append(entry)
    _ = try await bench.entries()
    let explanation = try explanation(bench, "req_9")
    #expect(explanation.decision.rule == rule.rawValue)
    #expect(explanation.decision.help == rule.help)
    #expect(explanation.decision.what == "refused, nothing was sent")
    #expect(explanation.ending == "refused")
    #expect(explanation.text.contains(rule.help))
  }

  @Test func `says that an exchange was stopped, and by what`() async throws {
    let bench = try await TestBench(.echo(cutting: 3), today: "2027-01-01")
    _ = try await bench.ask(GatewayTests.note, useCase: "summarize") { try bench.turnClock(to: "2027-01-02") }
    _ = try await bench.entries()
    let explanation = try explanation(bench)
    #expect(explanation.decision.what == "allowed, then stopped")
    #expect(explanation.decision.rule == "baa_not_in_force")
    #expect(explanation.decision.paragraph == "164.308(b)(3)")
    #expect(explanation.ending == "withheld")
  }

  @Test func `has nothing of a request that is not in the log`() async throws {
    let bench = try await TestBench(.echo())
    _ = try await bench.ask(GatewayTests.note, useCase: "summarize")
    _ = try await bench.entries()
    let request = try #require(RequestID("req_2"))
    #expect(try Explanation(of: request, in: KeyedLog.own(of: bench.data), data: bench.data) == nil)
  }
}
