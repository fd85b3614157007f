import ServiceLifecycle

/// Something that a gateway does again and again beside its requests, one round after the other, until it is to end.
///
/// A round that is under way then is cancelled, and the rounds end with it. What a round throws ends the gateway: what it
/// can go on without it notes itself.
package struct Rounds: Service, CustomStringConvertible {
  /// When the first round is.
  package enum First: Sendable { case atOnce, afterPause }

  /// What it is called where services are listed, which is all that is said of it there.
  package let description: String
  private let loop: @Sendable () async throws -> Void

  /// Rounds with a pause after each, which remember `state` from one to the next.
  package init<State: Sendable>(
    _ name: String, every pause: Duration, first: First = .atOnce, from state: State,
    _ round: @escaping @Sendable (inout State) async throws -> Void
  ) {
    description = name
    loop = {
      var state = state
      if first == .afterPause { try? await Task.sleep(for: pause) }
      while !Task.isCancelled {
        try await round(&state)
        try? await Task.sleep(for: pause)
      }
    }
  }

  /// Rounds with a pause after each, which remember nothing.
  package init(
    _ name: String, every pause: Duration, first: First = .atOnce, _ round: @escaping @Sendable () async throws -> Void
  ) {
    self.init(name, every: pause, first: first, from: ()) { _ in try await round() }
  }

  package func run() async throws { try await cancelWhenGracefulShutdown(loop) }
}
