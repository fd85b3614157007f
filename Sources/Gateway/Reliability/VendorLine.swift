import Synchronization

/// The way in to one vendor: how many requests are there, how many wait for their turn, and whether it is left in peace.
package final class VendorLine: Sendable {
  /// How many requests a vendor is sent at one time, and how many more may wait.
  package struct Bounds: Hashable, Sendable {
    /// Requests at one time; nil is as many as there are.
    package var atOnce: Int?
    /// Requests that wait for their turn.
    package var waiting = 128
    /// Requests at one time that nobody waits for; nil is three in four of all, and at least one.
    package var batchAtOnce: Int?

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
    /// How many are at work, and how many wait.
    package var atWork: [Priority: Int]
    package var waiting: [Priority: Int]
    /// How many batch requests had a turn while an interactive one waited: none should.
    package var overtaken: Int
  }

  let bounds: Bounds
  let settings: Reliability
  private let clock: GatewayClock
  private let state: Mutex<State>

  fileprivate struct State {
    var breaker: CircuitBreaker
    var budget: RetryBudget
    var atWork: [Priority: Int] = [:]
    var waiting: [Waiter] = []
    var overtaken = 0
    var lastWaiter = 0
  }

  fileprivate struct Waiter {
    let number: Int
    let priority: Priority
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
      Sight(
        phase: state.breaker.phase(at: now), atWork: state.atWork,
        waiting: Dictionary(state.waiting.map { ($0.priority, 1) }, uniquingKeysWith: +), overtaken: state.overtaken)
    }
  }

  /// Counts a new request to the budget of retries.
  func payIn() { state.withLock { $0.budget.payIn() } }

  /// Takes a retry from the budget; false when there is none.
  func takeRetry() -> Bool { state.withLock { $0.budget.takeOut() } }

  /// Waits for a turn, for at most so many microseconds.
  func enter(within patience: Int64, as priority: Priority) async -> Entrance {
    let now = clock.monotonic()
    if case .rest(let left) = state.withLock({ $0.breaker.verdict(at: now) }) { return .resting(left) }
    if !takePlace(priority) {
      guard patience > 0, await waitForPlace(patience, priority) else { return .busy }
    }
    let later = clock.monotonic()
    switch state.withLock({ $0.breaker.enter(at: later) }) {
    case .pass(let isTrial): return .turn(VendorTurn(self, priority, isTrial: isTrial))
    case .rest(let left):
      leavePlace(priority)
      return .resting(left)
    }
  }

  /// Ends a turn.
  fileprivate func leave(succeeded: Bool?, _ priority: Priority, isTrial: Bool) {
    let now = clock.monotonic()
    state.withLock { $0.breaker.leave(succeeded: succeeded, isTrial: isTrial, at: now) }
    leavePlace(priority)
  }

  private func takePlace(_ priority: Priority) -> Bool { state.withLock { $0.takePlace(priority, within: bounds) } }

  /// Frees a place, or hands it to whoever has waited longest: of those that somebody waits for, then of the others.
  private func leavePlace(_ priority: Priority) {
    let next: Waiter? = state.withLock { state in
      state.atWork[priority, default: 0] -= 1
      for next in Priority.allCases {
        guard let place = state.waiting.firstIndex(where: { $0.priority == next }),
          state.takePlace(next, within: bounds)
        else { continue }
        return state.waiting.remove(at: place)
      }
      return nil
    }
    next?.wake.resume(returning: true)
  }

  private func waitForPlace(_ patience: Int64, _ priority: Priority) async -> Bool {
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
      await withCheckedContinuation { wake in queue(Waiter(number: number, priority: priority, wake: wake)) }
    } onCancel: {
      giveUp(number)
    }
  }

  private func queue(_ waiter: Waiter) {
    let told: [(waiter: Waiter, hasTurn: Bool)] = state.withLock { state in
      // A place may have been freed, or the client gone, since the queue was chosen.
      if state.takePlace(waiter.priority, within: bounds) { return [(waiter, true)] }
      guard !Task.isCancelled else { return [(waiter, false)] }
      var told: [(waiter: Waiter, hasTurn: Bool)] = []
      if state.waiting.count >= bounds.waiting {
        // Who is waited for takes the place in the queue of whoever came last and is not.
        guard waiter.priority == .interactive,
          let last = state.waiting.lastIndex(where: { $0.priority == .batch })
        else { return [(waiter, false)] }
        told.append((state.waiting.remove(at: last), false))
      }
      state.waiting.append(waiter)
      return told
    }
    for (waiter, hasTurn) in told { waiter.wake.resume(returning: hasTurn) }
  }

  private func giveUp(_ number: Int) {
    let waiter: Waiter? = state.withLock { state in
      state.waiting.firstIndex { $0.number == number }.map { state.waiting.remove(at: $0) }
    }
    waiter?.wake.resume(returning: false)
  }
}

extension VendorLine.Bounds {
  /// How many requests of a priority there may be at one time.
  func most(_ priority: Priority) -> Int {
    guard let atOnce else { return priority == .batch ? batchAtOnce ?? .max : .max }
    guard priority == .batch else { return atOnce }
    return min(batchAtOnce ?? max(1, atOnce * 3 / 4), atOnce)
  }
}

extension VendorLine.State {
  /// Takes a place where there is one: those that nobody waits for leave some free, and take none before who is waited for.
  fileprivate mutating func takePlace(_ priority: Priority, within bounds: VendorLine.Bounds) -> Bool {
    let own = atWork[priority, default: 0]
    guard atWork.values.reduce(0, +) < bounds.atOnce ?? .max, own < bounds.most(priority) else { return false }
    atWork[priority] = own + 1
    if priority == .batch, waiting.contains(where: { $0.priority == .interactive }) { overtaken += 1 }
    return true
  }
}

/// A request's turn at a vendor; it ends once, at the latest when nobody holds it.
final class VendorTurn: Sendable {
  private let line: VendorLine
  private let priority: Priority
  private let isTrial: Bool
  private let hasEnded = Atomic(false)

  init(_ line: VendorLine, _ priority: Priority, isTrial: Bool) {
    self.line = line
    self.priority = priority
    self.isTrial = isTrial
  }

  /// Ends the turn; `succeeded` is nil when how it ended says nothing of the vendor.
  func end(succeeded: Bool?) {
    guard !hasEnded.exchange(true, ordering: .relaxed) else { return }
    line.leave(succeeded: succeeded, priority, isTrial: isTrial)
  }

  deinit { end(succeeded: nil) }
}
