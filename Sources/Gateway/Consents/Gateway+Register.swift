package import Logging
import Vault

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

  /// Where the register is behind the log; nil where it is not.
  ///
  /// While nobody can tell, that is refused where anybody uses the register: in a house that never did nothing was lost.
  func gapInUse() async throws -> RegisterGap? {
    do {
      return try await registerGap()
    } catch {
      guard try await isRegisterInUse() else { return nil }
      throw error
    }
  }

  /// Whether anything was ever in the register, or somebody is there to keep it, by the vault or by what was seen of it.
  func isRegisterInUse() async throws(VaultError) -> Bool {
    if register.isInUse { return true }
    guard try await vault.keepsConsents() else { return false }
    register.noteUse()
    return true
  }

  /// An officer may have taken the register as it is since somebody looked.
  private func registerGap() async throws -> RegisterGap? {
    guard var gap = register.gap else { return try await comparedRegister().nonEmpty }
    if !gap.isEmpty, try await vault.consentsCompared() != gap.began { gap = try await comparedRegister() }
    return gap.nonEmpty
  }

  private func comparedRegister() async throws -> RegisterGap {
    let (data, vault) = (configuration.dataDirectory, vault)
    return try await register.found { [self] in
      do {
        let gap = try await withTaskExecutorPreference(BlockingThreads.shared) {
          // What is seen before the logs are read is known also where that fails.
          _ = try await isRegisterInUse()
          let gap = try await RegisterGap(of: data, vault)
          if gap.isEmpty, gap.reached != gap.began { try await vault.keepConsentsCompared(gap.reached) }
          return gap
        }
        if !gap.isEmpty { register.noteUse() }
        if !gap.patients.isEmpty { notice(.alteredRecord) }
        return gap
      } catch {
        if error.isOfAlteredRecord { notice(.alteredRecord) }
        throw error
      }
    }
  }
}
