import Ledger
import Providers
import Vault

extension Gateway {
  /// Answers a request about an answer that the vendor keeps: decide, record, ask, restore, record, release.
  package func answer(_ call: KeptCall) async -> Reply {
    metrics.changeInFlight(by: 1)
    defer { metrics.changeInFlight(by: -1) }
    do throws(TurnedAway) {
      return try await work(on: call).answer()
    } catch {
      return error.reply
    }
  }
}
