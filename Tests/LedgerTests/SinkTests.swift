import Foundation
import Ledger
import Synchronization
import Testing

struct SinkTests {
  /// Waits until `condition` holds, or for a minute.
  private func wait(until condition: () -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while !condition() {
      try #require(ContinuousClock.now < deadline, "the sink was not told in time")
      try await Task.sleep(for: .milliseconds(1))
    }
  }

  @Test func `hands every durable entry to a second sink, in order`() async throws {
    let log = try TemporaryLog()
    let told = Mutex<[Delivery]>([])
    let ledger = try log.open(sink: { delivery in told.withLock { $0.append(delivery) } })
    for number in 0..<10 { try await ledger.append(TemporaryLog.entry(number)) }
    try await ledger.close()
    try await wait { told.withLock { $0.count } >= 10 }
    #expect(
      told.withLock { $0 }
        == (0..<10).map { .batch(first: UInt64($0), leaves: [TemporaryLog.entry($0).json]) })
    #expect(ledger.droppedFromSink == 0)
  }

  @Test func `waits for no sink, and tells a slow one what it missed`() async throws {
    let log = try TemporaryLog()
    let told = Mutex<[Delivery]>([])
    let gate = Mutex(true)
    var limits = AuditLog.Limits()
    limits.waitingBatches = 2
    let ledger = try log.open(
      limits: limits,
      sink: { delivery in
        while gate.withLock({ $0 }) { usleep(1_000) }
        told.withLock { $0.append(delivery) }
      })
    for number in 0..<20 { try await ledger.append(TemporaryLog.entry(number)) }
    let dropped = ledger.droppedFromSink
    #expect(dropped >= 20 - 5)
    gate.withLock { $0 = false }
    try await ledger.close()
    func next() -> UInt64 {
      told.withLock { deliveries in
        var next: UInt64 = 0
        for delivery in deliveries {
          switch delivery {
          case .batch(let first, let leaves): next = first == next ? first + UInt64(leaves.count) : .max
          case .gap(let range): next = range.lowerBound == next ? range.upperBound : .max
          }
        }
        return next
      }
    }
    try await wait { next() >= 20 }
    #expect(next() == 20)
    let gaps = told.withLock { deliveries in
      deliveries.reduce(UInt64(0)) { if case .gap(let range) = $1 { $0 + UInt64(range.count) } else { $0 } }
    }
    #expect(gaps == dropped)
    #expect(try log.fault() == nil)
  }

  @Test(.timeLimit(.minutes(1))) func `closes although its sink never returns`() async throws {
    let log = try TemporaryLog()
    let gate = Mutex(true)
    defer { gate.withLock { $0 = false } }
    let ledger = try log.open(sink: { _ in while gate.withLock({ $0 }) { usleep(1_000) } })
    for number in 0..<4 { try await ledger.append(TemporaryLog.entry(number)) }
    try await ledger.close()
  }
}
