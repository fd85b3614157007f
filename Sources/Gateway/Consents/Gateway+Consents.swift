import Ledger
import PHI
import Vault

extension Gateway {
  /// What patients have authorized and restricted by the register, now; who is named twice is asked for once.
  ///
  /// What cannot be read refuses: nobody knows what it restricts.
  func choices(of patients: [String?]) async throws(Refusal) -> PatientChoices {
    let named = Set(patients.compactMap(\.self)).sorted()
    guard !named.isEmpty else { return .none }
    do {
      return try await withTaskExecutorPreference(BlockingThreads.shared) {
        // What is changed while it is read is looked at again: the number is from before.
        var choices = PatientChoices(of: named, at: try vault.consentGeneration(), number: register.number)
        let recipients = ConsentVocabulary.recipients(of: configuration)
        if choices.generation != nil { register.noteUse() }
        let gap = try await gapInUse()
        for patient in named {
          var register = ConsentRegister()
          let references = PatientSpelling.all(of: patient).map { SubjectReference(.patient, $0) }
          var hasRegister = false
          for reference in references {
            let kept = try await vault.consents(of: reference)
            if kept != nil { hasRegister = true }
            register.join(try ConsentRegister(kept))
          }
          // One spelling with a register is enough to know whose it is.
          for reference in references { try await refuse(reference, hasRegister: hasRegister, gap) }
          choices.registers.append(register.restrictingEverybody(unlessAmong: recipients))
        }
        // Whose rows were put back, each with a good code, only the whole table says.
        if register.isAltered, try await isRegisterInUse() {
          throw Refusal(.registerBehind, "the vault is not what it put there")
        }
        return choices
      }
    } catch {
      throw refusal(ofUnread: error)
    }
  }

  /// Whether anything was ever in the register, or is lacking in it.
  func keepsConsents() async throws(Refusal) -> Bool {
    do {
      return try await withTaskExecutorPreference(BlockingThreads.shared) {
        if try register.isInUse || vault.consentGeneration() != nil { return true }
        return try await gapInUse() != nil
      }
    } catch {
      throw refusal(ofUnread: error)
    }
  }

  /// Lets a use go on that its patients do not refuse; what it was told of them goes with it, nil where it is about nobody.
  func standing(_ choices: PatientChoices, of matter: PolicyMatter, by route: EgressRoute?) -> Result<
    PatientStanding?, Refusal
  > {
    let use = matter.consentUse(needingAuthorization: route?.basis == .authorization)
    if let refusal = choices.refusal(of: use, on: clock.today) { return .failure(refusal) }
    guard !choices.patients.isEmpty else { return .success(nil) }
    let consents = choices.consents(to: use, on: clock.today).intersection(policy?.wording ?? [])
    let told = PatientStanding.Use(patients: choices.patients, use: use, consents: consents)
    return .success(PatientStanding(told, at: choices.generation, number: choices.number, on: clock.today))
  }

  /// Why patients do not allow any more what they had; nil when they do.
  func objection(to standing: PatientStanding?) async -> Refusal? {
    guard let standing else { return nil }
    let today = clock.today
    do {
      let generation = try await withTaskExecutorPreference(BlockingThreads.shared) { try vault.consentGeneration() }
      if generation == standing.generation, register.number == standing.number, today == standing.day { return nil }
    } catch {
      return refusal(ofUnread: error)
    }
    for told in standing.uses {
      do throws(Refusal) {
        let choices = try await choices(of: told.patients)
        if let refusal = choices.refusal(of: told.use, on: today) { return refusal }
        guard told.consents.isSubset(of: choices.consents(to: told.use, on: today)) else {
          return Refusal(.authorizationMissing, "what the patient had consented to is not in force any more")
        }
      } catch {
        return error
      }
    }
    return nil
  }

  /// Stops every exchange that patients do not allow any more.
  package func stopWhatPatientsRefuse() async {
    for (standing, interruption) in running.standings where interruption.refusal == nil {
      if let refusal = await objection(to: standing) { interruption.stop(by: refusal) }
    }
  }

  /// What a caller may not say by the register that patients consent to: they did, and do not any more.
  func withdrawn(_ choices: PatientChoices, from matter: PolicyMatter) -> Set<String> {
    choices.withdrawn(from: matter.consentUse(needingAuthorization: false), on: clock.today)
  }

  /// What policies and patients ask about besides what the configuration has found: words of what the law protects most.
  func sensitive(
    in text: [UInt8], beside known: Set<SensitiveClass>, about patient: String?
  ) -> Set<SensitiveClass> {
    guard policy != nil || patient != nil else { return known }
    return known.union(Self.protectedWords.classes(in: text))
  }

  /// What finds what the law protects most, whatever the configuration keeps inside.
  private static let protectedWords = SensitiveWords(Set(SensitiveClass.allCases))

  private func refuse(_ patient: SubjectReference, hasRegister: Bool, _ gap: RegisterGap?) async throws {
    guard let gap else { return }
    let tag = try await vault.knows(patient) ? vault.tag(of: patient) : nil
    guard gap.concerns(tag, hasRegister: hasRegister) else { return }
    throw Refusal(.registerBehind, "the log has changes of the register of consents that the register lacks")
  }

  private func refusal(ofUnread error: any Error) -> Refusal {
    if let refusal = error as? Refusal { return refusal }
    if error is UnprovedLog || error is LedgerError {
      return Refusal(.registerBehind, "the log cannot say whether the register of consents is what it was")
    }
    guard error is ConsentFault else { return Refusal(keyFailure(error)) }
    notice(.alteredRecord)
    return Refusal(.keysUnavailable, "what the register of consents has of a patient cannot be read")
  }
}

extension PolicyMatter {
  /// What the register of consents is asked about it.
  fileprivate func consentUse(needingAuthorization needed: Bool) -> ConsentUse {
    ConsentUse(
      vendor: vendor.id.name, caller: caller.id.name, purpose: useCase.purpose.name, classes: classes,
      unsearched: unsearched, needsAuthorization: needed)
  }
}
