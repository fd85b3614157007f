package import Logging
import Synchronization
package import Vault

/// What is known of how the register of consents stands against the log.
final class RegisterWatch: Sendable {
  private let found = Mutex<RegisterGap?>(nil)
  fileprivate let lastComparison = LastDay()

  /// What was found last; nil before anything was compared.
  fileprivate var gap: RegisterGap? { found.withLock { $0 } }

  fileprivate func note(_ gap: RegisterGap) { found.withLock { $0 = gap } }
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
    } catch let error as VaultError where error.code == .locked || error.code == .providerUnavailable {
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
    let gap = try await RegisterGap(of: configuration.dataDirectory, vault)
    if gap.isEmpty, gap.reached != gap.began { try await vault.keepConsentsCompared(gap.reached) }
    register.note(gap)
    return gap
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
