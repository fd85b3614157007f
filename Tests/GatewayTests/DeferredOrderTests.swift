import Bytes
import Gateway
import Providers
import Testing

/// Who goes first of the requests that are carried out later: nothing here depends on how long anything takes.
struct DeferredOrderTests {
  private static let yaml = SampleConfiguration.yaml
    .replacing(
      "  - id: inside\n    kind: loopback",
      with: """
          - id: second
            kind: openai
            base_url: http://127.0.0.1:9999/v1
            region: us-east
            agreement: {id: BAA-2, signed: 2026-01-01, expires: 2027-01-01, prohibits_training: true}
          - id: inside
            kind: loopback
        """
    )
    .replacing("    vendor: mock\n    restore: all\n", with: "    vendor: mock\n    restore: all\n    deferred: {}\n")
    .replacing(
      "    models: [gpt-4o-mini]\n    vendor: mock\n  - id: names-only",
      with: "    models: [gpt-4o-mini]\n    vendor: second\n    deferred: {}\n  - id: names-only"
    )
    .replacing("body_bytes: 65536", with: "body_bytes: 65536\n  deferred_at_once: 4")

  private func take(_ text: String, _ useCase: String, _ bench: TestBench) async {
    var call = ModelCall(
      .chatCompletions, requestID: bench.gateway.newRequestID(), caller: bench.configuration.callers[0],
      useCase: useCase, body: TestBench.body(text))
    call.mayBeDeferred = true
    #expect(await bench.gateway.answer(call).status == 202)
  }

  private func running(_ bench: TestBench) -> Int { bench.sample("cordon_deferred_requests{state=\"running\"}") }

  private func finish(_ vendors: HeldVendor..., on bench: TestBench) async {
    await reached {
      for vendor in vendors { vendor.release() }
      bench.gateway.carryOutDeferred()
      return running(bench) + bench.sample("cordon_deferred_requests{state=\"waiting\"}") == 0
    }
  }

  @Test func `a slow vendor leaves the others their share, and has all of it where nobody else waits`() async throws {
    let (slow, other) = (HeldVendor(), HeldVendor())
    let bench = try await TestBench(
      .echo(), yaml: Self.yaml, others: ["mock": slow, "second": other], clock: TestClock(standsStill: true))
    try await bench.gateway.takeDeferred()
    for letter in ["a", "b", "c", "d", "e", "f"] { await take("slow \(letter)", "summarize", bench) }
    for letter in ["a", "b"] { await take("other \(letter)", "tokens-only", bench) }
    bench.gateway.carryOutDeferred()
    #expect(running(bench) == 4)
    await reached { slow.asked.count + other.asked.count == 4 }
    #expect(Set(slow.asked) == ["slow a", "slow b"] && Set(other.asked) == ["other a", "other b"])
    // No place is another vendor's while it has work.
    bench.gateway.carryOutDeferred()
    #expect(running(bench) == 4)
    for _ in 0..<2 { other.release() }
    await reached { running(bench) == 2 }
    bench.gateway.carryOutDeferred()
    #expect(running(bench) == 4)
    await reached { slow.asked.count == 4 }
    await finish(slow, on: bench)
    #expect(slow.asked.count == 6 && other.asked.count == 2)
    #expect(bench.sample("cordon_deferred_total{result=\"answered\"}") == 8)
  }

  @Test(arguments: [false, true])
  func `one that has waited for its patience goes like one that somebody waits for, and the others do not`(
    isAged: Bool
  ) async throws {
    let vendor = HeldVendor()
    let clock = TestClock(standsStill: true)
    let yaml = Self.yaml.replacing("kind: openai\n", with: "kind: openai\n    concurrency: 1\n", maxReplacements: 1)
      .replacing("deferred: {}", with: "deferred: {patience_seconds: 600}")
    let bench = try await TestBench(.echo(), yaml: yaml, others: ["mock": vendor], clock: clock)
    try await bench.gateway.takeDeferred()
    let first = Task { try await bench.ask("first", useCase: "summarize") }
    await reached { vendor.asked.count == 1 }
    for letter in ["a", "b"] { await take("later \(letter)", "summarize", bench) }
    clock.pass(isAged ? 600_000_000 : 599_000_000)
    bench.gateway.carryOutDeferred()
    await reached { bench.waiting("interactive") + bench.waiting("batch") == 2 }
    #expect(bench.waiting("interactive") == (isAged ? 1 : 0))
    let now = Task { try await bench.ask("now", useCase: "summarize") }
    await reached { bench.waiting("interactive") == (isAged ? 2 : 1) }
    for served in 1...4 {
      await reached { vendor.asked.count == served }
      vendor.release()
    }
    await finish(vendor, on: bench)
    for one in [first, now] { #expect(try await one.value.status == 200) }
    // Of two that are the same to the vendor's line, either may be there first.
    let order = isAged ? ["first", "later a", "now"] : ["first", "now"]
    #expect(Array(vendor.asked.prefix(order.count)) == order)
    #expect(Set(vendor.asked) == ["first", "later a", "later b", "now"])
    #expect(bench.sample("cordon_vendor_overtaken_total{vendor=\"mock\"}") == 0)
  }
}
