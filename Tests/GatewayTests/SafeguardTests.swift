import Gateway
import Ledger
import PHI
import TestKit
import Testing

struct SafeguardTests {
  private static func entry(_ changes: [String: String?] = [:], paragraph: String = "164.312(a)(2)(iv)") -> String {
    var members: [(String, String?)] = [
      ("specification", paragraph), ("decision", "implemented"), ("owner", "security officer"),
      ("decided", "2026-01-15"), ("review", "2027-01-15"), ("evidence", "[cordon vault status]"),
    ]
    for (name, value) in changes.sorted(by: { $0.key < $1.key }) {
      members.removeAll { $0.0 == name }
      if let value { members.append((name, value)) }
    }
    let lines = members.compactMap { name, value in value.map { "\(name): \($0)" } }
    return "  - " + lines.joined(separator: "\n    ") + "\n"
  }

  private static func yaml(_ entries: String...) -> String { "safeguards:\n" + entries.joined() }

  private func error(_ yaml: String) -> ConfigurationError? {
    do throws(ConfigurationError) {
      _ = try SafeguardRecord(yaml: yaml)
      return nil
    } catch {
      return error
    }
  }

  @Test func `knows the 20 required and the 22 addressable specifications of Appendix A`() {
    #expect(SecuritySpecification.all.filter(\.isAddressable).count == 22)
    #expect(SecuritySpecification.all.filter { !$0.isAddressable }.count == 20)
    #expect(Set(SecuritySpecification.all.map(\.paragraph)).count == 42)
    #expect(SecuritySpecification.at("164.312(e)(2)(ii)")?.isAddressable == true)
    #expect(SecuritySpecification.at("164.312(a)(2)(i)")?.isAddressable == false)
    #expect(SecuritySpecification.all.allSatisfy { ConfiguredName($0.slug) != nil })
  }

  @Test(arguments: ["alternative", "not_reasonable"])
  func `rejects what is not implemented without its reason, and names the line`(_ decision: String) {
    let changes = ["decision": decision, "alternative": decision == "alternative" ? "full disk encryption" : nil]
    let second = Self.entry(changes, paragraph: "164.312(e)(2)(ii)")
    #expect(
      error(Self.yaml(Self.entry(), second))
        == ConfigurationError(.missing, at: "safeguards[1].rationale", line: 8))
    for reason in ["\"\"", "\" \"", "\"-\""] {
      var blank = changes
      blank["rationale"] = reason
      let found = error(Self.yaml(Self.entry(blank)))
      #expect(found?.path == "safeguards[0].rationale")
      #expect(found?.line != nil)
    }
    var good = changes
    good["rationale"] = "the network is a single machine"
    #expect(error(Self.yaml(Self.entry(good))) == nil)
  }

  @Test(
    arguments: [
      (["specification": "164.312(z)"], "specification"), (["decision": "done"], "decision"),
      (["owner": nil], "owner"), (["review": nil], "review"), (["review": "2026-01-15"], "review"),
      (["review": "soon"], "review"), (["evidence": nil], "evidence"), (["evidence": "[]"], "evidence"),
      (["alternative": "another measure"], "alternative"), (["status": "done"], "status"),
      (["decision": "alternative", "rationale": "a reason"], "alternative"),
      (["specification": "164.312(b)", "decision": "not_reasonable", "rationale": "a reason"], "decision"),
    ] as [([String: String?], String)])
  func `names what is wrong in an entry`(_ changes: [String: String?], _ place: String) {
    #expect(error(Self.yaml(Self.entry(changes)))?.path == "safeguards[0].\(place)")
  }

  @Test func `refuses two decisions about one specification`() {
    #expect(error(Self.yaml(Self.entry(), Self.entry()))?.code == .duplicate)
  }

  @Test func `finds what was not decided, what is overdue and what is near`() throws {
    let all = SecuritySpecification.all.filter(\.isAddressable).map { Self.entry(paragraph: $0.paragraph) }
    let record = try SafeguardRecord(yaml: "safeguards:\n" + all.joined())
    func kinds(_ day: String, _ record: SafeguardRecord) throws -> [SafeguardFinding.Kind] {
      let day = try #require(CalendarDate(day))
      return record.findings(on: day, within: 30, under: .inForce).map(\.kind)
    }
    #expect(try kinds("2026-06-01", record).isEmpty)
    #expect(try kinds("2027-01-15", record) == [SafeguardFinding.Kind](repeating: .reviewSoon, count: 22))
    #expect(try kinds("2027-01-16", record) == [SafeguardFinding.Kind](repeating: .reviewOverdue, count: 22))
    let one = try SafeguardRecord(yaml: Self.yaml(Self.entry()))
    #expect(try kinds("2026-06-01", one) == [SafeguardFinding.Kind](repeating: .undecided, count: 21))
  }

  @Test func `wants every specification implemented under the rules that were proposed`() throws {
    let changes = ["decision": "not_reasonable", "rationale": "one machine only", "evidence": nil]
    let record = try SafeguardRecord(yaml: Self.yaml(Self.entry(changes)))
    let day = try #require(CalendarDate("2026-06-01"))
    let finding = record.findings(on: day, within: 0, under: .proposed2025).first { $0.kind == .notImplemented }
    #expect(finding?.specification.paragraph == "164.312(a)(2)(iv)")
    #expect(!record.findings(on: day, within: 0, under: .inForce).contains { $0.kind == .notImplemented })
  }

  @Test func `tells the log each decision that changed, by its hash and without its reasons`() throws {
    let first = try SafeguardRecord(yaml: Self.yaml(Self.entry()))
    let second = try SafeguardRecord(
      yaml: Self.yaml(Self.entry(["owner": "another officer"]), Self.entry(paragraph: "164.312(c)(2)")))
    #expect(first.changes(since: first).isEmpty)
    let changes = second.changes(since: first)
    #expect(changes.map(\.name) == ["164.312-a-2-iv:implemented", "164.312-c-2:implemented"])
    #expect(changes[0].before != nil && changes[0].before != changes[0].after && changes[1].before == nil)
    let last = try #require(first.changes(since: second).last)
    #expect(last.name == "164.312-c-2:withdrawn" && last.before == changes[1].after && last.after == nil)
  }
}
