import Bytes
import Ciphers
import Gateway
import Ledger
import Testing

/// Whether the decisions of a log come out again under the policies that its entries name.
struct DecisionReplayTests {
  /// What a bench's log comes to, with an entry of somebody's making at its end.
  private static func replay(of bench: TestBench, adding forged: Entry? = nil) async throws -> DecisionReplay {
    if let forged { try await bench.ledger.append(forged) }
    _ = try await bench.entries()
    return try DecisionReplay(try KeyedLog.own(of: bench.data), data: bench.data, since: nil)
  }

  private static func begun() async throws -> TestBench {
    let bench = try await TestBench(ScriptedVendor.echo(), yaml: GatewayPolicyTests.yaml())
    try await bench.gateway.recordStart()
    #expect(try await bench.ask(GatewayPolicyTests.note, useCase: "summarize").status == 200)
    #expect(try await bench.ask("Psychotherapy notes of her session.", useCase: "summarize").status == 403)
    return bench
  }

  /// An opening entry that says what nobody decided.
  private static func entry(_ facts: String, by policy: String, in bench: TestBench) throws -> Entry {
    let set = try PolicyInForce(.hospital, for: bench.configuration).digest
    var entry = Entry(.requestOpened, at: try #require(Timestamp("2026-06-01")), request: bench.gateway.newRequestID())
    (entry.caller, entry.useCase, entry.vendor) = (
      bench.configuration.callers[0].id.recorded, ConfiguredName("summarize"), ConfiguredName("mock")
    )
    (entry.model, entry.operation) = (ModelName("gpt-4o-mini"), ConfiguredName("chatCompletions"))
    (entry.decision, entry.policy, entry.policySet) = (.allow, ConfiguredName(policy), set)
    (entry.policyFacts, entry.agreement) = (ConfiguredName(facts), ConfiguredName("BAA"))
    return entry
  }

  @Test func `what policies decided comes out again`() async throws {
    let replay = try await Self.replay(of: try await Self.begun())
    #expect(replay.decisions == 2 && replay.reproduced == 2 && replay.sets.count == 1, "\(replay.differences)")
  }

  @Test(arguments: ["set", "none", "purpose", "approval", "operation"])
  func `what an entry says of itself is held against what was in force`(_ lie: String) async throws {
    let bench = try await Self.begun()
    var forged = try Self.entry(Self.facts, by: Self.both, in: bench)
    switch lie {
    case "set": forged.policySet = Digest(hashing: Array("another".utf8).span)
    case "none": (forged.policySet, forged.policy, forged.policyFacts) = (nil, nil, nil)
    case "purpose": forged.purpose = ConfiguredName("ETREAT")
    case "approval": forged.approval = ConfiguredName("APR-2")
    default: forged.operation = ConfiguredName("chat.something")
    }
    let replay = try await Self.replay(of: bench, adding: forged)
    #expect(replay.reproduced == 2 && replay.differing + replay.unclear == 1, "\(replay.differences)")
    #expect(replay.differing == (lie == "operation" ? 0 : 1), "\(replay.differences)")
  }

  private static let facts = "clinician:notes:N:-:mfa+managed_device"
  private static let both = "clinician-asks-for-treatment+clinician-sees-identifiers"

  @Test(arguments: [
    (facts, both, 3, 0, 0),
    (facts, "clinician-asks-for-treatment", 2, 1, 0),
    (facts, "2", 2, 1, 0),
    ("clinician:psychotherapy:N:-:mfa+managed_device", "clinician-asks-for-treatment", 2, 1, 0),
    ("auditor:notes:N:-:mfa+managed_device", "clinician-asks-for-treatment", 2, 1, 0),
    ("clinician:notes:N:-:mfa+managed_device", "somebody-elses-policy", 2, 1, 0),
    ("nothing that was asked", "clinician-asks-for-treatment", 2, 0, 1),
  ])
  func `what they did not decide does not`(
    _ facts: String, _ policy: String, _ reproduced: Int, _ differing: Int, _ unclear: Int
  ) async throws {
    let bench = try await Self.begun()
    let forged = try Self.entry(facts.replacing(" ", with: "_"), by: policy, in: bench)
    let replay = try await Self.replay(of: bench, adding: forged)
    #expect(replay.reproduced == reproduced, "\(replay.differences)")
    #expect(replay.differing == differing && replay.unclear == unclear, "\(replay.gaps)")
    #expect(replay.differences.count == differing && replay.differences.allSatisfy { !$0.words.isEmpty })
  }
}
