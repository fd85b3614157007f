package import Ciphers
import Ledger
package import Vault

/// Where the register of consents is not what the logs say of it: what an older copy of the vault's file brings back, and
/// what it forgets.
package struct RegisterGap: Sendable {
  /// A patient of whose register the logs have other changes than it has.
  package struct Patient: Hashable, Sendable {
    /// The patient's tag.
    package let tag: Digest
    /// Whether the vault has nobody with this tag: whom it was about, nobody can tell.
    package let isGone: Bool
    /// What the entries name, the oldest first: the ids of records that were made and ended.
    package let said: [String]

    /// A patient.
    package init(tag: Digest, isGone: Bool, said: [String]) {
      (self.tag, self.isGone, self.said) = (tag, isGone, said)
    }
  }

  /// The patients, by their tags.
  package let patients: [Patient]
  /// When the data were restored from a backup since: what was changed after that was made is in no log.
  package let restored: [Int64]
  /// From where on in each log the register was compared, and up to where.
  let began: [String: UInt64]
  let reached: [String: UInt64]

  private let behind: Set<Digest>

  /// A gap, as it was found.
  package init(patients: [Patient], restored: [Int64], began: [String: UInt64], reached: [String: UInt64]) {
    (self.patients, self.restored, self.began, self.reached) = (patients, restored, began, reached)
    behind = Set(patients.map(\.tag))
  }

  /// Whether the register is what the logs say of it.
  package var isEmpty: Bool { patients.isEmpty && !isRestored }

  /// Whether the data were restored.
  package var isRestored: Bool { !restored.isEmpty }

  /// What an officer has to have seen who takes the register as it is; another gap has another.
  package var word: String {
    let lines =
      began.sorted { $0.key < $1.key }.map { "began \($0.key) \($0.value)" } + restored.map { "restored \($0)" }
      + patients.map { "\($0.tag) \($0.isGone) \($0.said.joined(separator: ";"))" }
    return String(Digest(hashing: Array(lines.joined(separator: "\n").utf8).span).description.prefix(16))
  }

  /// Whether nobody can tell what a patient wants: nil is the tag of one whom the vault does not know.
  ///
  /// Where somebody is gone, it may be anybody of whom the register has nothing.
  package func concerns(_ tag: Digest?, hasRegister: Bool) -> Bool {
    isRestored || tag.map { behind.contains($0) } ?? false || !hasRegister && patients.contains(where: \.isGone)
  }
}

extension RegisterGap {
  /// Compares the register with what the logs of a data directory say of it since it was compared last.
  package init(of data: String, _ vault: Vault) async throws {
    let began = try await vault.consentsCompared()
    let epochs = Dictionary(try await vault.marks().map { ($0.log, $0.epoch) }, uniquingKeysWith: max)
    // INVARIANT: the logs are read before the register, which has all that they say, and may have more.
    let logs = try await ProvedLogs.of(data, vault)
    let changes = try await withTaskExecutorPreference(BlockingThreads.shared) {
      try RegisterChanges(in: logs, from: began, epochs)
    }
    let tags = changes.ofTags.keys.sorted { $0.description < $1.description }
    let (stands, told) = try await vault.consentStands(of: tags)
    let waiting = Dictionary(grouping: told) { $0.object ?? "" }
    let patients = tags.compactMap { tag -> Patient? in
      let said = changes.ofTags[tag, default: []]
      let later = waiting[tag.description, default: []].map { RegisterChanges.Change($0) }
      guard let stand = stands[tag], RegisterChanges.lead(said, and: later, elsewhereThan: stand) else { return nil }
      return Patient(tag: tag, isGone: stand == .nobody, said: said.compactMap(\.said))
    }
    // Where nobody keeps a register a restore refuses nobody, and is not passed over: it counts as soon as somebody does, who
    // may have done so before.
    let isKept = try await vault.keepsConsents()
    let isWaiting = patients.isEmpty && !changes.restored.isEmpty && !isKept
    self.init(
      patients: patients, restored: isKept ? changes.restored : [], began: began,
      reached: isWaiting ? began : changes.reached)
  }
}

extension RegisterGap {
  /// Has the vault take the register as it is.
  package func settle(_ vault: Vault, by officer: ConsentOfficer) async throws(VaultError) {
    let restored = isRestored ? ", after a restore" : ""
    try await vault.settleConsents(
      at: reached, as: word, saying: "\(patients.count) patients\(restored)", by: officer)
  }
}
