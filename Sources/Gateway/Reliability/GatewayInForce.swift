import Synchronization

/// The gateway as the configuration in force makes it.
///
/// A request takes the one that there is when it comes, once, and keeps it to its end.
package final class GatewayInForce: Sendable {
  private let gateway: Mutex<Gateway>

  package init(_ gateway: Gateway) { self.gateway = Mutex(gateway) }

  /// The gateway for what comes now.
  package var current: Gateway { gateway.withLock { $0 } }

  /// Puts another gateway in force; it is in the log before.
  package func replace(by next: Gateway) async throws {
    try await next.recordReload(after: current)
    gateway.withLock { $0 = next }
    next.answers.forget()
    next.stopWhatHasNoRoute()
  }
}
