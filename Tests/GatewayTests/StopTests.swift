import Bytes
import Foundation
import Gateway
import Ledger
import PHI
import Synchronization
import TestKit
import Testing

struct StopTests {
  private func stop(_ name: String, _ bench: TestBench) throws {
    let stop = Stop(
      try #require(ModelName(name)), by: "alice", because: "a breach", at: Timestamp(milliseconds: 1_795_230_604_123))
    try StopMarkers(data: bench.data).set(stop)
  }

  @Test func `gives no answer again that was kept from before the stop`() async throws {
    let bench = try await TestBench(.echo())
    let body = TestBench.body("hello")
    #expect(try await bench.send(body, useCase: "summarize", key: "k").status == 200)
    try stop("summarize", bench)
    let again = try await bench.send(body, useCase: "summarize", key: "k")
    #expect(again.error == "stopped_by_operator")
    #expect(try await bench.entries().last?["event"]?.string == "request.refused")
  }

  @Test(arguments: ["mock", "gpt-4o-mini", "summarize"])
  func `stops a vendor, a model or a use case until it is lifted`(_ name: String) async throws {
    let vendor = ScriptedVendor.echo()
    let bench = try await TestBench(vendor)
    try stop(name, bench)
    let answer = try await bench.ask(GatewayTests.note, useCase: "summarize")
    #expect(answer.status == 403)
    #expect(answer.error == "stopped_by_operator")
    #expect(vendor.bodies.isEmpty)
    let markers = StopMarkers(data: bench.data)
    #expect(try markers.stops().map { [$0.name.description, $0.person, $0.reason] } == [[name, "alice", "a breach"]])
    let model = try #require(ModelName(name))
    #expect(try markers.lift(model))
    #expect(try !markers.lift(model))
    #expect(try await bench.ask(GatewayTests.note, useCase: "summarize").status == 200)
    #expect(try await bench.entries().map { $0["rule"]?.string } == ["stopped_by_operator", nil, nil])
  }

  @Test func `stops a stream between two of its pieces`() async throws {
    let bench = try await TestBench(.echo(cutting: 3))
    let answer = try await bench.ask(GatewayTests.note, useCase: "summarize") {
      try stop("mock", bench)
      bench.gateway.stopWhatMayNotRun()
    }
    #expect(answer.error == "stopped_by_operator")
    #expect(!answer.isDone)
    let closed = try #require(try await bench.entries().last)
    #expect(closed["outcome"]?.string == "withheld")
    #expect(closed["rule"]?.string == "stopped_by_operator")
    #expect(bench.gateway.metrics.inFlight == 0)
  }

  @Test(arguments: [false, true])
  func `refuses everything when what is stopped cannot be read`(_ isStreaming: Bool) async throws {
    let vendor = ScriptedVendor.echo()
    let bench = try await TestBench(vendor)
    try "".write(toFile: "\(bench.data)/kill", atomically: false, encoding: .utf8)
    let answer = try await bench.ask(GatewayTests.note, useCase: "summarize", streaming: isStreaming)
    #expect(answer.status == 503)
    #expect(answer.error == "stops_unreadable")
    #expect(vendor.bodies.isEmpty)
  }

  @Test(arguments: ["meta-llama/Llama-3.1:free", ".hidden", "x.new", "..", "a/../b", "mock"])
  func `keeps any name apart from any other`(_ name: String) throws {
    let folder = try TemporaryFolder()
    let markers = StopMarkers(data: folder.path)
    let model = try #require(ModelName(name))
    try markers.set(Stop(model, by: "a", because: "", at: Timestamp(milliseconds: 0)))
    #expect(try markers.names() == [name])
    let files = try FileManager.default.subpathsOfDirectory(atPath: "\(folder.path)/kill")
    #expect(files.count == 1)
    #expect(try markers.lift(model))
    #expect(try markers.names() == [])
  }

  @Test func `takes an empty file for a stop, and says nothing of it`() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: "\(folder.path)/kill", withIntermediateDirectories: false)
    #expect(FileManager.default.createFile(atPath: "\(folder.path)/kill/mock", contents: nil))
    let stops = try StopMarkers(data: folder.path).stops()
    #expect(stops.map(\.name.description) == ["mock"])
    #expect(stops.allSatisfy { $0.person == nil && $0.reason == nil && $0.time == nil })
  }

  @Test func `ends a stream on the day after the last of its agreement`() async throws {
    let bench = try await TestBench(.echo(cutting: 3), today: "2027-01-01")
    let answer = try await bench.ask(GatewayTests.note, useCase: "summarize") {
      try bench.turnClock(to: "2027-01-02")
    }
    #expect(answer.error == "baa_not_in_force")
    #expect(!answer.isDone)
    #expect(answer.text != GatewayTests.note)
    let entries = try await bench.entries().filter { $0["request"] != nil }
    #expect(entries.map { $0["event"]?.string } == ["request.opened", "request.closed"])
    #expect(entries[1]["outcome"]?.string == "withheld")
    #expect(entries[1]["rule"]?.string == "baa_not_in_force")
  }

  @Test(arguments: [false, true])
  func `withholds an answer that comes on the day after the last`(_ isStreaming: Bool) async throws {
    let days = Days()
    let vendor = ScriptedVendor { request throws(VendorFailure) in
      days.pass()
      let text = ScriptedVendor.lastContent(of: request)
      return isStreaming
        ? ScriptedVendor.stream(ScriptedVendor.events(saying: text, cut: 5), cut: 40)
        : ScriptedVendor.whole(saying: text)
    }
    let bench = try await TestBench(vendor, today: "2027-01-01")
    days.onPass { try? bench.turnClock(to: "2027-01-02") }
    let answer = try await bench.ask(GatewayTests.note, useCase: "summarize", streaming: isStreaming)
    #expect(answer.error == "baa_not_in_force")
    #expect(answer.text.isEmpty)
    let closed = try await bench.entries().first { $0["event"]?.string == "request.closed" }
    #expect(closed?["rule"]?.string == "baa_not_in_force")
  }

  @Test func `lets a stream go on under the agreement that follows`() async throws {
    let next = try AgreementTests.list(
      AgreementTests.entry("expires", "expires: 2028-01-01", id: "BAA-2").replacing("2026-01-", with: "2027-01-"))
    let bench = try await TestBench(.echo(cutting: 3), today: "2027-01-01", registry: AgreementRegistry(next))
    let answer = try await bench.ask(GatewayTests.note, useCase: "summarize") {
      try bench.turnClock(to: "2027-01-20")
    }
    #expect(answer.isDone)
  }
}

/// Tells when a night has passed.
private final class Days: Sendable {
  private let action = Mutex<(@Sendable () -> Void)?>(nil)
  func onPass(_ action: @escaping @Sendable () -> Void) { self.action.withLock { $0 = action } }
  func pass() { action.withLock { $0 }?() }
}
