import Gateway
import Logging
import ServiceLifecycle
import Synchronization
import Testing

/// What a gateway does again and again beside its requests.
struct RoundsTests {
  private struct Failure: Error {}

  /// Stops the group that runs these rounds, from within a round.
  private final class Stopping: Sendable {
    private let group = Mutex<ServiceGroup?>(nil)

    func run(_ services: [any Service]) async throws {
      let logger = Logger(label: "rounds") { _ in SwiftLogNoOpLogHandler() }
      let group = ServiceGroup(services: services, logger: logger)
      self.group.withLock { $0 = group }
      try await group.run()
    }

    func stop() async { await group.withLock(\.self)?.triggerGracefulShutdown() }
  }

  @Test func `they go on, with what they remember, until the gateway is to end`() async throws {
    let stopping = Stopping()
    let seen = Mutex<[Int]>([])
    let rounds = Rounds("counting", every: .milliseconds(1), from: 0) { count in
      count += 1
      seen.withLock { $0.append(count) }
      if count == 3 { await stopping.stop() }
      // The pause is not waited for at the end, nor is a round that takes long.
      if count == 3 { try? await Task.sleep(for: .seconds(86_400)) }
    }
    try await stopping.run([rounds])
    #expect(seen.withLock(\.self) == [1, 2, 3])
  }

  @Test func `the first is at once, or after the pause`() async throws {
    let stopping = Stopping()
    let names = Mutex<[String]>([])
    let late = Rounds("late", every: .seconds(86_400), first: .afterPause) { names.withLock { $0.append("late") } }
    let early = Rounds("early", every: .seconds(86_400)) {
      names.withLock { $0.append("early") }
      await stopping.stop()
    }
    try await stopping.run([late, early])
    #expect(names.withLock(\.self) == ["early"])
  }

  @Test func `what a round throws ends all of it`() async {
    let stopping = Stopping()
    let failing = Rounds("failing", every: .zero, from: 0) { count in
      count += 1
      if count == 2 { throw Failure() }
    }
    await #expect(throws: Failure.self) {
      try await stopping.run([failing, Rounds("other", every: .seconds(86_400)) {}])
    }
  }

  @Test func `nothing but its name is said of it`() {
    let logger = Logger(label: "rounds") { _ in SwiftLogNoOpLogHandler() }
    #expect("\(Rounds("vault", every: .zero) { logger.info("") })" == "vault")
  }
}
