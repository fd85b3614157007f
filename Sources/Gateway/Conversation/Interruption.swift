import Synchronization

/// Whether an exchange that is under way has to stop, and how it is told.
package final class Interruption: Sendable {
  private let whole: Interruption?
  private let state = Mutex(State())

  private struct State {
    var refusal: Refusal?
    var cancels: [@Sendable () -> Void] = []
  }

  /// That of an exchange; of one among several of a call, what stops it stops `whole`, too.
  init(within whole: Interruption? = nil) { self.whole = whole }

  /// What stopped it; nil while it may go on.
  var refusal: Refusal? { state.withLock { $0.refusal } ?? whole?.refusal }

  /// Calls `cancel` when the exchange is stopped, at once when it has been.
  package func onStop(_ cancel: @escaping @Sendable () -> Void) {
    let isStopped = state.withLock { state in
      state.cancels.append(cancel)
      return state.refusal != nil
    }
    if isStopped { cancel() }
  }

  /// Stops the exchange; what stopped it first stays the reason.
  func stop(by refusal: Refusal) {
    let cancels = state.withLock { state -> [@Sendable () -> Void] in
      guard state.refusal == nil else { return [] }
      state.refusal = refusal
      return state.cancels
    }
    for cancel in cancels { cancel() }
    whole?.stop(by: refusal)
  }

  /// Forgets whom to tell: the exchange is over.
  func end() { state.withLock { $0.cancels = [] } }
}

/// The exchanges that are under way.
final class RunningExchanges: Sendable {
  private let state = Mutex(State())

  private struct State {
    var next: UInt64 = 0
    var running: [UInt64: (allowance: Allowance, interruption: Interruption)] = [:]
  }

  /// What patients had to say of those that are about any.
  var standings: [(standing: PatientStanding, interruption: Interruption)] {
    state.withLock { state in
      state.running.values.compactMap { running in running.allowance.standing.map { ($0, running.interruption) } }
    }
  }

  /// How many there are.
  var count: Int { state.withLock { $0.running.count } }

  /// Takes one in, and gives the number by which it leaves.
  func enter(_ allowance: Allowance, _ interruption: Interruption) -> UInt64 {
    state.withLock { state in
      state.next += 1
      state.running[state.next] = (allowance, interruption)
      return state.next
    }
  }

  /// Takes one out.
  func leave(_ number: UInt64) { _ = state.withLock { $0.running.removeValue(forKey: number) } }

  /// Stops those that `objection` has something against.
  func stop(_ objection: (Allowance) -> Refusal?) {
    for (allowance, interruption) in state.withLock({ Array($0.running.values) }) {
      if let refusal = objection(allowance) { interruption.stop(by: refusal) }
    }
  }
}
