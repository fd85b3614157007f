package import Logging
import Synchronization
package import Vault

/// What is known of how the register of consents stands against the log.
package final class RegisterWatch: Sendable {
  /// For how long nobody reads the logs again after they could not be read.
  private let pause: Duration

  private struct State {
    var gap: RegisterGap?
    var running: Task<RegisterGap, any Error>?
    var failure: (error: any Error, at: ContinuousClock.Instant)?
    var isAltered = false
    var number = 0
  }

  private let state = Mutex(State())
  fileprivate let lastComparison = LastDay()

  /// One that has compared nothing yet.
  package init(pause: Duration = .seconds(5)) { self.pause = pause }

  /// What was found last; nil before anything was compared.
  package var gap: RegisterGap? { state.withLock { $0.gap } }

  /// Counts what was found that had not been before: what was let go until then is looked at again.
  package var number: Int { state.withLock { $0.number } }

  /// Whether the vault has found its table of subjects changed beside it, so that a register in it may be an older one.
  var isAltered: Bool { state.withLock { $0.isAltered } }

  /// Notes whether the vault's table of subjects is as it left it.
  func note(isAltered: Bool) {
    state.withLock { state in
      if isAltered, !state.isAltered { state.number += 1 }
      state.isAltered = isAltered
    }
  }

  /// What `compare` finds: whoever asks while it goes on gets the same, and for some seconds after it failed its failure.
  package func found(by compare: @escaping @Sendable () async throws -> RegisterGap) async throws -> RegisterGap {
    let task = try state.withLock { state throws(any Error) -> Task<RegisterGap, any Error> in
      if let failure = state.failure, failure.at.duration(to: .now) < pause { throw failure.error }
      if let running = state.running { return running }
      let task = Task {
        do {
          let gap = try await compare()
          self.end(gap)
          return gap
        } catch {
          self.end(error)
          throw error
        }
      }
      state.running = task
      return task
    }
    return try await task.value
  }

  private func end(_ gap: RegisterGap) {
    state.withLock { state in
      if gap.nonEmpty?.word != state.gap?.nonEmpty?.word { state.number += 1 }
      (state.gap, state.running, state.failure) = (gap, nil, nil)
    }
  }

  private func end(_ error: any Error) {
    state.withLock { state in
      state.running = nil
      // A vault that is locked says so before any log is read, and may be open by the next request.
      state.failure = error.isOfALockedVault ? nil : (error, .now)
    }
  }
}

extension Error {
  fileprivate var isOfALockedVault: Bool {
    guard let error = self as? VaultError else { return false }
    return error.code == .locked || error.code == .providerUnavailable
  }
}

extension Gateway {
  /// Compares the register with the log at the start and once a day.
  package func compareRegister(_ logger: Logger) async {
    guard register.lastComparison.isNew(clock.today) else { return }
    do {
      let gap = try await comparedRegister()
      guard !gap.isEmpty else { return }
      let restored = gap.isRestored ? ", and a backup was restored" : ""
      logger.critical(
        "the register of consents is behind the log: \(gap.patients.count) patients\(restored): `cordon consent behind`"
      )
    } catch let error where error.isOfALockedVault {
      // It says nothing of the register: the next round tries again.
      register.lastComparison.forget()
    } catch {
      // Each request about a patient tries again where it has to know.
      logger.error("the register of consents could not be compared with the log: \(error)")
    }
  }

  /// Where the register is not what the log says of it; nil where it is.
  ///
  /// An officer may have taken it as it is since somebody looked.
  func registerGap() async throws -> RegisterGap? {
    guard var gap = register.gap else { return try await comparedRegister().nonEmpty }
    if !gap.isEmpty, try await vault.consentsCompared() != gap.began { gap = try await comparedRegister() }
    return gap.nonEmpty
  }

  private func comparedRegister() async throws -> RegisterGap {
    let (data, vault) = (configuration.dataDirectory, vault)
    return try await register.found {
      try await withTaskExecutorPreference(BlockingThreads.shared) {
        let gap = try await RegisterGap(of: data, vault)
        if gap.isEmpty, gap.reached != gap.began { try await vault.keepConsentsCompared(gap.reached) }
        return gap
      }
    }
  }
}

extension RegisterGap {
  fileprivate var nonEmpty: RegisterGap? { isEmpty ? nil : self }

  /// Has the vault take the register as it is.
  package func settle(_ vault: Vault, by officer: ConsentOfficer) async throws(VaultError) {
    let restored = isRestored ? ", after a restore" : ""
    try await vault.settleConsents(
      at: reached, as: word, saying: "\(patients.count) patients\(restored)", by: officer)
  }
}
