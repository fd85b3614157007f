import Ledger
import Synchronization
import Vault

/// What is known of how the register of consents stands against the log.
package final class RegisterWatch: Sendable {
  /// For how long nobody reads the logs again after they could not be read.
  private let pause: Duration

  fileprivate enum Knowledge {
    /// Nothing was compared yet.
    case unknown
    /// Somebody compares: until then goes what was known before.
    indirect case comparing(Task<RegisterGap, any Error>, after: Knowledge)
    case compared(RegisterGap)
    /// It could not be compared, so that what was found before says nothing any more.
    case failed(any Error, at: ContinuousClock.Instant)
  }

  private struct State {
    var knowledge = Knowledge.unknown
    var isAltered = false
    var isInUse = false
    var number = 0
  }

  private let state = Mutex(State())
  let lastComparison = LastDay()

  /// One that has compared nothing yet.
  package init(pause: Duration = .seconds(5)) { self.pause = pause }

  /// What was found last; nil before anything was compared, and where it could not be compared the last time.
  package var gap: RegisterGap? { state.withLock { $0.knowledge.gap } }

  /// Counts what was found that had not been before, or is not known any more: what was let go until then is looked at again.
  package var number: Int { state.withLock { $0.number } }

  /// Whether the vault has found itself changed beside it, so that a register in it may be an older one.
  var isAltered: Bool { state.withLock { $0.isAltered } }

  /// Notes whether the vault is as it left itself.
  func note(isAltered: Bool) {
    state.withLock { state in
      if isAltered, !state.isAltered { state.number += 1 }
      state.isAltered = isAltered
    }
  }

  /// Whether anybody was seen to use the register: a vault that says afterwards that nobody does is an older one.
  var isInUse: Bool { state.withLock { $0.isInUse } }

  /// Notes that somebody uses the register.
  func noteUse() { state.withLock { $0.isInUse = true } }

  /// What `compare` finds: whoever asks while it goes on gets the same, and for some seconds after it failed its failure.
  package func found(by compare: @escaping @Sendable () async throws -> RegisterGap) async throws -> RegisterGap {
    let task = try state.withLock { state throws(any Error) -> Task<RegisterGap, any Error> in
      switch state.knowledge {
      case .comparing(let running, _): return running
      case .failed(let error, let moment) where moment.duration(to: .now) < pause: throw error
      case .unknown, .compared, .failed: break
      }
      let task = Task {
        do {
          let gap = try await compare()
          self.end(.success(gap))
          return gap
        } catch {
          self.end(.failure(error))
          throw error
        }
      }
      state.knowledge = .comparing(task, after: state.knowledge)
      return task
    }
    return try await task.value
  }

  private func end(_ found: Result<RegisterGap, any Error>) {
    state.withLock { state in
      guard case .comparing(_, let before) = state.knowledge else { return }
      switch found {
      case .success(let gap): state.knowledge = .compared(gap)
      // A vault that is locked says so before any log is read, and may be open by the next request.
      case .failure(let error) where error.isOfALockedVault: state.knowledge = before
      case .failure(let error): state.knowledge = .failed(error, at: .now)
      }
      if state.knowledge.objection != before.objection { state.number += 1 }
    }
  }
}

extension RegisterWatch.Knowledge {
  fileprivate var gap: RegisterGap? {
    switch self {
    case .compared(let gap): gap
    case .comparing(_, let before): before.gap
    case .unknown, .failed: nil
    }
  }

  /// What is against those whom requests name: the word of what is lacking, or that nobody knows.
  fileprivate var objection: String? {
    switch self {
    case .compared(let gap): gap.nonEmpty?.word
    case .comparing(_, let before): before.objection
    case .failed: "unread"
    case .unknown: nil
    }
  }
}

extension RegisterGap {
  /// The gap, where it is one.
  var nonEmpty: RegisterGap? { isEmpty ? nil : self }
}

extension Error {
  /// Whether it says nothing but that the vault gives no keys now.
  var isOfALockedVault: Bool {
    guard let error = self as? VaultError else { return false }
    return error.code == .locked || error.code == .providerUnavailable
  }

  /// Whether it says that a log, or what the vault keeps, is not what was written there.
  var isOfAlteredRecord: Bool {
    switch self {
    case let error as VaultError: error.isAboutAlteration
    case let error as LedgerError: !error.isOfTheSystem
    case let error as UnprovedLog:
      switch error.reason {
      case .ledger(let reason), .shard(.unreadable(let reason)): !reason.isOfTheSystem
      case .root(.unreachable), .shard(.rootInUse), .shard(.leaseEnded): false
      case .foreign, .root, .shard: true
      }
    default: false
    }
  }
}
