import Synchronization

/// The credentials that nobody is shown at this moment: those that come into force hold for answers that run, too.
package final class CredentialsInForce: Sendable {
  private let state: Mutex<KnownCredentials>
  private let edition = Atomic(0)

  /// These, until others come.
  package init(_ known: KnownCredentials) { state = Mutex(known) }

  /// Those that are known.
  var known: KnownCredentials { state.withLock(\.self) }

  /// Has those of a gateway that comes into force be known, too.
  package func take(_ known: (_ former: KnownCredentials) -> KnownCredentials) {
    state.withLock { state in
      state = known(state)
      edition.add(1, ordering: .releasing)
    }
  }

  /// Those that are known, where they are others than in `edition`, which is brought up to date.
  func news(since edition: inout Int) -> KnownCredentials? {
    let current = self.edition.load(ordering: .acquiring)
    guard current != edition else { return nil }
    return state.withLock { state in
      edition = self.edition.load(ordering: .relaxed)
      return state
    }
  }
}
