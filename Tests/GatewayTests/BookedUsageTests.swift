import Bytes
import Gateway
import Ledger
import Providers
import TestKit
import Testing

/// What vendors work off by and by is booked when its cost is known, and once.
struct BookedUsageTests {
  private static func yaml(_ tokens: Int) -> String {
    BatchTests.yaml + "\nrate_limits: [{per: caller, tokens: \(tokens), seconds: 3600}]\n"
  }

  private func begin(_ bench: TestBench) async throws -> TestAnswer {
    let body = #"{"model":"gpt-4o-mini","input":"Hello.","store":true,"background":true}"#
    return try await bench.send(Array(body.utf8), as: .responses, useCase: "summarize")
  }

  private func fetch(_ bench: TestBench) async -> Int {
    await bench.gateway.answer(
      KeptCall(.retrieve, "resp_1", requestID: bench.gateway.newRequestID(), caller: bench.configuration.callers[0])
    ).status
  }

  private func counted(_ bench: TestBench, _ operation: String) async throws -> [Int?] {
    try await bench.entries().filter { $0["event"] == "request.closed" && $0["operation"]?.string == operation }
      .map { $0["completion_tokens"]?.integer }
  }

  @Test func `an answer made in the background costs what its vendor counted, and once`() async throws {
    let vendor = KeepingVendor(
      made: KeepingVendor.answer("queued"), kept: KeepingVendor.answer("in_progress"))
    let bench = try await TestBench(.echo(), yaml: Self.yaml(1_000), others: ["mock": vendor])
    #expect(try await begin(bench).status == 200)
    #expect(await fetch(bench) == 200)
    vendor.keep(KeepingVendor.answer(saying: "Yes.", counting: (input: 300, output: 600)))
    for _ in 0..<3 { #expect(await fetch(bench) == 200) }
    // 900 are booked, once: a request begins while one of the thousand is left.
    vendor.keep(KeepingVendor.answer(saying: "Yes.", counting: (input: 300, output: 699)))
    #expect(await fetch(bench) == 200)
    vendor.keep(KeepingVendor.answer(saying: "Yes.", counting: (input: 300, output: 701)))
    #expect(await fetch(bench) == 200)
    #expect(await fetch(bench) == 429)
    let counted = try await counted(bench, "responses.retrieve")
    #expect(counted == [nil, 600, nil, nil, 99, 2])
  }

  @Test func `an answer that told its cost when it was made costs nothing to see again`() async throws {
    let answer = KeepingVendor.answer(saying: "Yes.", counting: (input: 300, output: 600))
    let bench = try await TestBench(
      .echo(), yaml: Self.yaml(1_000), others: ["mock": KeepingVendor(made: answer, kept: answer)])
    let body = #"{"model":"gpt-4o-mini","input":"Hello.","store":true}"#
    #expect(try await bench.send(Array(body.utf8), as: .responses, useCase: "summarize").status == 200)
    for _ in 0..<3 { #expect(await fetch(bench) == 200) }
    let counted = try await counted(bench, "responses.retrieve")
    #expect(counted == [nil, nil, nil])
  }

  /// What three downloads of a batch's results are answered.
  private func downloads(_ bench: TestBench) async -> [Int] {
    #expect(await bench.send(.createFile, BatchTests.upload()).status == 200)
    #expect(await bench.send(.createBatch, (BatchTests.order, "application/json")).status == 200)
    #expect(await bench.send(.batch, id: "batch-1").status == 200)
    var statuses: [Int] = []
    for _ in 0..<3 { statuses.append(await bench.send(.fileContent, id: "file-2").status) }
    return statuses
  }

  @Test(arguments: [
    (["prompt_tokens": 300, "completion_tokens": 600] as JSONValue, 600),
    (["prompt_tokens": 900, "completion_tokens": 0] as JSONValue, 0),
  ])
  func `results cost what their vendor counted, once`(_ usage: JSONValue, _ completion: Int) async throws {
    // A request begins while one token is left.
    for (limit, statuses) in [(901, [200, 200, 200]), (900, [200, 429, 429])] {
      let bench = try await TestBench(
        .echo(), yaml: Self.yaml(limit), others: ["mock": BatchVendor(counting: usage)])
      #expect(await downloads(bench) == statuses)
      let counted = try await counted(bench, "files.content")
      #expect(counted == Array(([completion, nil, nil] as [Int?]).prefix(statuses.count { $0 == 200 })))
    }
  }

  @Test func `results that nobody counted cost an estimate`() async throws {
    let bench = try await TestBench(.echo(), yaml: Self.yaml(40), others: ["mock": BatchVendor()])
    #expect(await downloads(bench) == [200, 429, 429])
  }
}
