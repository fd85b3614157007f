import Bytes
import Gateway
import Ledger
import Providers
import TestKit
import Testing

/// What a vendor has made is undone when nobody is told of it, and what somebody stops is cut wherever it is.
@Suite(.timeLimit(.minutes(30)))
struct AfterworkTests {
  private static let yaml = BatchTests.yaml

  private func until(_ isSo: () -> Bool) async throws {
    while !isSo() { try await Task.sleep(for: .milliseconds(2)) }
  }

  private func ask(_ bench: TestBench, background: Bool = false) async throws -> TestAnswer {
    let body: JSONValue = [
      "model": "gpt-4o-mini", "input": "Patient: Ottoline Brackenridge", "store": true, "background": .bool(background),
    ]
    return try await bench.send(body.bytes, as: .responses, useCase: "summarize")
  }

  private func closings(_ bench: TestBench) async throws -> [String] {
    try await bench.entries().filter { $0["event"] == "request.closed" }.map { entry in
      "\(entry["operation"]?.string ?? ""): \(entry["outcome"]?.string ?? "")"
    }
  }

  private func stop(_ bench: TestBench) throws {
    let name = try #require(ModelName("mock"))
    try StopMarkers(data: bench.data).set(Stop(name, by: "alice", because: "a breach", at: Timestamp(milliseconds: 0)))
    bench.gateway.stopWhatMayNotRun()
  }

  @Test func `a file whose client has gone is taken, and deleted where it was made`() async throws {
    let vendor = BatchVendor()
    let bench = try await TestBench(.echo(), yaml: Self.yaml, others: ["mock": vendor], clock: nil)
    vendor.hold("/files")
    let client = Task { await bench.send(.createFile, BatchTests.upload()).status }
    try await until { vendor.hanging == 1 }
    client.cancel()
    vendor.goOn()
    #expect(await client.value == 502)
    await bench.gateway.afterwork.drain(within: .seconds(600))
    #expect(vendor.deletions == 1)
    #expect(await bench.send(.file, id: "file-1").status == 404)
    let closed = try await closings(bench)
    #expect(closed == ["files.create: client_disconnected", "files.delete: completed"])
  }

  @Test func `an answer that the vendor keeps is deleted there when its client has gone`() async throws {
    let vendor = KeepingVendor()
    let bench = try await TestBench(.echo(), yaml: Self.yaml, others: ["mock": vendor], clock: nil)
    vendor.hang()
    let client = Task { try await ask(bench).status }
    try await until { vendor.isHanging }
    client.cancel()
    vendor.goOn()
    #expect(try await client.value == 502)
    await bench.gateway.afterwork.drain(within: .seconds(600))
    #expect(vendor.deletions == 1)
    let closed = try await closings(bench)
    #expect(closed == ["responses: client_disconnected", "responses.delete: completed"])
  }

  @Test func `nothing is made for a client that has gone before`() async throws {
    let vendor = KeepingVendor()
    let bench = try await TestBench(.echo(), yaml: Self.yaml, others: ["mock": vendor], clock: nil)
    vendor.hang()
    let client = Task {
      while !Task.isCancelled { await Task.yield() }
      return try await ask(bench).status
    }
    client.cancel()
    #expect(try await client.value == 502)
    await bench.gateway.afterwork.drain(within: .seconds(600))
    let closed = try await closings(bench)
    #expect(closed == ["responses: client_disconnected"] && vendor.deletions == 0)
  }

  @Test func `an answer that may not be handed out is deleted at the vendor that keeps it`() async throws {
    let vendor = KeepingVendor(made: KeepingVendor.answer(saying: "Call Thaddeus Quill at (212) 555-0187."))
    let yaml = Self.yaml.replacing("    restore: all\n", with: "    restore: all\n    novel_identifiers: block\n")
    let bench = try await TestBench(.echo(), yaml: yaml, others: ["mock": vendor])
    #expect(try await ask(bench).error == "novel_identifier")
    await bench.gateway.afterwork.drain(within: .seconds(600))
    #expect(vendor.deletions == 1)
    let closed = try await closings(bench)
    #expect(closed == ["responses: withheld", "responses.delete: completed"])
  }

  @Test func `a vendor that gives two answers one name has none of them deleted`() async throws {
    let vendor = KeepingVendor()
    let bench = try await TestBench(.echo(), yaml: Self.yaml, others: ["mock": vendor])
    #expect(try await ask(bench).status == 200)
    #expect(try await ask(bench).status == 502)
    await bench.gateway.afterwork.drain(within: .seconds(600))
    #expect(vendor.deletions == 0)
  }

  @Test func `a stop cuts the second call of a list`() async throws {
    let vendor = BatchVendor()
    let bench = try await TestBench(.echo(), yaml: Self.yaml, others: ["mock": vendor], clock: nil)
    #expect(await bench.send(.createFile, BatchTests.upload()).status == 200)
    for _ in 1...2 {
      #expect(await bench.send(.createBatch, (BatchTests.order, "application/json")).status == 200)
    }
    vendor.hold("/batches/", after: 1)
    let client = Task { await bench.send(.listBatches) }
    try await until { vendor.hanging == 1 }
    try stop(bench)
    let answer = await client.value
    #expect(answer.status == 403 && answer.text.contains("stopped_by_operator"))
  }

  @Test func `a stop cuts what undoes, and the end of the gateway waits for it`() async throws {
    let vendor = BatchVendor()
    let bench = try await TestBench(
      .echo(), yaml: Self.yaml.replacing("limits:\n", with: "limits:\n  kept_maps: 1\n"), others: ["mock": vendor],
      clock: nil)
    vendor.hold("/files/file-1")
    #expect(await bench.send(.createFile, BatchTests.upload()).status == 503)
    try await until { vendor.hanging == 1 }
    #expect(bench.gateway.afterwork.count == 1)
    try stop(bench)
    await bench.gateway.afterwork.drain(within: .seconds(600))
    let closed = try await closings(bench)
    #expect(closed == ["files.create: withheld", "files.delete: withheld"])
  }
}
