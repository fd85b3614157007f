package import Glibc

/// Whether a token can be used, and when it may be tried again: events in, what to do out.
package struct TokenState {
  /// A start of the module: the slot where the token was found, and the number of the start.
  package struct Place: Hashable {
    package let slot: UInt
    let start: Int
  }

  /// What a call is to do.
  package enum Entry: Hashable {
    case use(Place)
    /// Start the module again; end it first, when it was this process that started it.
    case reconnect(endsFirst: Bool)
    case refuse(VaultError)
  }

  private enum Phase {
    case connected(Place)
    case lost(failures: Int, next: ContinuousClock.Instant)
    /// The PIN is wrong or locked.
    case shut(VaultError)
  }

  private static let shortestPause = Duration.milliseconds(50)
  private static let longestPause = Duration.seconds(30)

  private var phase: Phase
  private var starts = 0
  private var active = 0
  private var process: pid_t

  /// A token that was never used.
  package init(process: pid_t, now: ContinuousClock.Instant) {
    self.process = process
    phase = .lost(failures: 0, next: now)
  }

  /// A call that wants to use the token; when it may, `leave` follows.
  package mutating func enter(process: pid_t, now: ContinuousClock.Instant) -> Entry {
    var endsFirst = true
    if process != self.process {
      // A child of `fork` has its parent's memory and none of its sessions: PKCS#11 wants it to start by itself.
      self.process = process
      active = 0
      endsFirst = false
      if case .connected = phase { phase = .lost(failures: 0, next: now) }
    }
    switch phase {
    case .shut(let error): return .refuse(error)
    case .connected(let place):
      active += 1
      return .use(place)
    case .lost(_, let next):
      // INVARIANT: no call is under way when the module is ended.
      guard active == 0, now >= next else { return .refuse(VaultError(.providerUnavailable)) }
      return .reconnect(endsFirst: endsFirst)
    }
  }

  /// The end of a call that `enter` let in.
  package mutating func leave() { active = max(0, active - 1) }

  /// A call found the token gone that it had used at `place`.
  package mutating func lose(_ place: Place, now: ContinuousClock.Instant) {
    guard case .connected(place) = phase else { return }
    phase = .lost(failures: 0, next: now)
  }

  /// The module was started and the token found.
  package mutating func connect(slot: UInt) {
    starts += 1
    phase = .connected(Place(slot: slot, start: starts))
  }

  /// The module could not be started, or the token not found.
  package mutating func fail(now: ContinuousClock.Instant) {
    guard case .lost(let failures, _) = phase else { return }
    let pause = min(Self.shortestPause * (1 << min(failures, 16)), Self.longestPause)
    phase = .lost(failures: failures + 1, next: now + pause)
  }

  /// The token refused the PIN.
  package mutating func shut(_ error: VaultError) { phase = .shut(error) }

  /// Whether the token that was found at `place` is the one in use.
  func isConnected(at place: Place) -> Bool {
    if case .connected(place) = phase { true } else { false }
  }
}
