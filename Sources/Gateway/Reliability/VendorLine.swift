import Synchronization

/// The way in to one vendor: how many requests are there, how many wait for their turn, and whether it is left in peace.
package final class VendorLine: Sendable {
  /// How many requests a vendor is sent at one time, and how many more may wait.
  package struct Bounds: Hashable, Sendable {
    /// Requests at one time; nil is as many as there are.
    package var atOnce: Int?
    /// Requests that wait for their turn.
    package var waiting = 128

    /// No bound.
    package init() {}
  }

  /// What a request is told at the door.
  enum Entrance {
    /// Go on; the turn ends when it is ended or let go.
    case turn(VendorTurn)
    /// The vendor fails, and is left in peace for so many microseconds.
    case resting(Int64)
    /// Too many wait, the wait was too long, or the client went away meanwhile.
    case busy
  }

  /// What it is like at the door, for the metrics.
  package struct Sight: Sendable {
    package var phase: CircuitBreaker.Phase
    package var atWork: Int
    package var waiting: Int
  }

  let bounds: Bounds
  let settings: Reliability
  private let clock: GatewayClock
  private let state: Mutex<State>

  private struct State {
    var breaker: CircuitBreaker
    var budget: RetryBudget
    var atWork = 0
    var waiting: [Waiter] = []
    var lastWaiter = 0
  }

  private struct Waiter {
    let number: Int
    let wake: CheckedContinuation<Bool, Never>
  }

  init(_ bounds: Bounds, _ settings: Reliability, clock: GatewayClock) {
    self.bounds = bounds
    self.settings = settings
    self.clock = clock
    state = Mutex(
      State(
        breaker: CircuitBreaker(settings.breaker), budget: RetryBudget(percent: settings.retryPercent)))
  }

  /// What it is like at the door now.
  package var sight: Sight {
    let now = clock.monotonic()
    return state.withLock { state in
      Sight(phase: state.breaker.phase(at: now), atWork: state.atWork, waiting: state.waiting.count)
    }
  }

  /// Counts a new request to the budget of retries.
  func payIn() { state.withLock { $0.budget.payIn() } }

  /// Takes a retry from the budget; false when there is none.
  func takeRetry() -> Bool { state.withLock { $0.budget.takeOut() } }

  /// Waits for a turn, for at most so many microseconds.
  func enter(within patience: Int64) async -> Entrance {
    let now = clock.monotonic()
    if case .rest(let left) = state.withLock({ $0.breaker.verdict(at: now) }) { return .resting(left) }
    if !takePlace() {
      guard patience > 0, await waitForPlace(patience) else { return .busy }
    }
    let later = clock.monotonic()
    switch state.withLock({ $0.breaker.enter(at: later) }) {
    case .pass(let isTrial): return .turn(VendorTurn(self, isTrial: isTrial))
    case .rest(let left):
      leavePlace()
      return .resting(left)
    }
  }

  /// Ends a turn.
  fileprivate func leave(succeeded: Bool?, isTrial: Bool) {
    let now = clock.monotonic()
    state.withLock { $0.breaker.leave(succeeded: succeeded, isTrial: isTrial, at: now) }
    leavePlace()
  }

  private func takePlace() -> Bool {
    state.withLock { state in
      guard let most = bounds.atOnce else {
        state.atWork += 1
        return true
      }
      guard state.atWork < most else { return false }
      state.atWork += 1
      return true
    }
  }

  /// Frees a place, or hands it to the one who has waited longest.
  private func leavePlace() {
    let next: Waiter? = state.withLock { state in
      guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
      state.atWork -= 1
      return nil
    }
    next?.wake.resume(returning: true)
  }

  private func waitForPlace(_ patience: Int64) async -> Bool {
    let number = state.withLock { state in
      state.lastWaiter += 1
      return state.lastWaiter
    }
    // More than one round: the first may end before the request stands in the queue.
    let alarm = Task { [clock] in
      while !Task.isCancelled {
        try? await clock.sleep(patience)
        if !Task.isCancelled { self.giveUp(number) }
      }
    }
    defer { alarm.cancel() }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { wake in queue(Waiter(number: number, wake: wake)) }
    } onCancel: {
      giveUp(number)
    }
  }

  private func queue(_ waiter: Waiter) {
    let answer: Bool? = state.withLock { state in
      // A place may have been freed, or the client gone, since the queue was chosen.
      if state.atWork < bounds.atOnce ?? .max {
        state.atWork += 1
        return true
      }
      guard state.waiting.count < bounds.waiting, !Task.isCancelled else { return false }
      state.waiting.append(waiter)
      return nil
    }
    if let answer { waiter.wake.resume(returning: answer) }
  }

  private func giveUp(_ number: Int) {
    let waiter: Waiter? = state.withLock { state in
      state.waiting.firstIndex { $0.number == number }.map { state.waiting.remove(at: $0) }
    }
    waiter?.wake.resume(returning: false)
  }
}

/// A request's turn at a vendor; it ends once, at the latest when nobody holds it.
final class VendorTurn: Sendable {
  private let line: VendorLine
  private let isTrial: Bool
  private let hasEnded = Atomic(false)

  init(_ line: VendorLine, isTrial: Bool) {
    self.line = line
    self.isTrial = isTrial
  }

  /// Ends the turn; `succeeded` is nil when how it ended says nothing of the vendor.
  func end(succeeded: Bool?) {
    guard !hasEnded.exchange(true, ordering: .relaxed) else { return }
    line.leave(succeeded: succeeded, isTrial: isTrial)
  }

  deinit { end(succeeded: nil) }
}
