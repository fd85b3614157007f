import Ledger
import Providers
import Vault

extension Gateway {
  /// Answers a request about an answer that the vendor keeps: decide, record, ask, restore, record, release.
  package func answer(_ call: KeptCall) async -> Reply {
    metrics.changeInFlight(by: 1)
    defer { metrics.changeInFlight(by: -1) }
    do throws(TurnedAway) {
      return try await carry(call)
    } catch {
      return error.reply
    }
  }

  private func carry(_ call: KeptCall) async throws(TurnedAway) -> Reply {
    let stopwatch = Stopwatch(clock.monotonic)
    let (useCase, parties, rates) = try await grounds(of: call)
    let work = KeptWork(
      gateway: self, call: call, useCase: useCase, parties: parties, rates: rates, stopwatch: stopwatch)
    return try await work.answer()
  }
}
