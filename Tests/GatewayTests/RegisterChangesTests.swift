import Ciphers
import Gateway
import Testing
import Vault

/// Whether the register of a patient is what the logs say of it, by the codes of its changes.
struct RegisterChangesTests {
  /// Changes written `ab bc`: from what to what; `-` is nothing.
  private func changes(_ text: String) -> [RegisterChanges.Change] {
    text.split(separator: " ").map { pair in
      let codes = pair.utf8.map { $0 == UInt8(ascii: "-") ? nil : [$0] }
      return RegisterChanges.Change(at: 0, before: codes[0], after: codes[1], said: nil)
    }
  }

  @Test(arguments: [
    // What the logs say, what the vault has told of last, and what is there.
    ("-a", "", "a"), ("-a ab bc", "", "c"),
    // A change that is not in the log yet, and those before what was read.
    ("ab", "bc", "c"), ("bc", "-a ab bc cd", "d"), ("ab", "-a", "b"),
    // An entry that is in two logs.
    ("-a ab -a ab", "", "b"),
  ])
  func `a register is what its changes lead to`(_ logs: String, _ told: String, _ stands: String) {
    #expect(!RegisterChanges.lead(changes(logs), and: changes(told), elsewhereThan: .holds(Array(stands.utf8))))
  }

  @Test(arguments: [
    // An older register, none, and one that nothing leads to.
    ("-a ab", "-a", "a"), ("-a", "", ""), ("ab", "", "x"),
    // One that was put back, and changed after that.
    ("-a ab ac", "-a ac", "c"), ("-a ab -c", "", "c"), ("ab", "ac", "c"),
  ])
  func `a register that was put back is behind, also when it was changed since`(
    _ logs: String, _ told: String, _ stands: String
  ) {
    let stand = ConsentStand.holds(stands.isEmpty ? nil : Array(stands.utf8))
    #expect(RegisterChanges.lead(changes(logs), and: changes(told), elsewhereThan: stand))
  }

  @Test func `who is not there is behind, and who was destroyed is not`() {
    #expect(RegisterChanges.lead(changes("-a"), and: [], elsewhereThan: .nobody))
    #expect(!RegisterChanges.lead(changes("-a ab"), and: [], elsewhereThan: .destroyed))
  }

  @Test func `a restore counts from the first change on, and each where the register was compared before`() {
    var restores = RestoresInLogs()
    #expect(!restores.mayHaveLost(wasCompared: true) && !restores.mayHaveLost(wasCompared: false))
    restores.noteRestore(at: 10)
    #expect(restores.mayHaveLost(wasCompared: true) && !restores.mayHaveLost(wasCompared: false))
    restores.noteChange(at: 20)
    #expect(!restores.mayHaveLost(wasCompared: false))
    // In another log, and later by the clock.
    restores.beginLog()
    restores.noteRestore(at: 15)
    #expect(!restores.mayHaveLost(wasCompared: false))
    var later = restores
    later.noteRestore(at: 20)
    #expect(later.mayHaveLost(wasCompared: false))
    // After a change of its own log, whatever the clock said.
    restores.noteChange(at: 30)
    restores.noteRestore(at: 12)
    #expect(restores.mayHaveLost(wasCompared: false))
  }

  @Test func `a gap is about its patients, and where one is gone about all of whom nothing is there`() {
    let (one, other) = (Digest(hashing: Array("one".utf8).span), Digest(hashing: Array("other".utf8).span))
    func gap(isGone: Bool, isRestored: Bool = false) -> RegisterGap {
      let patient = RegisterGap.Patient(tag: one, isGone: isGone, said: ["recorded 1"])
      return RegisterGap(patients: [patient], isRestored: isRestored, began: [:], reached: [:])
    }
    let known = gap(isGone: false)
    #expect(known.concerns(one, hasRegister: true) && known.concerns(one, hasRegister: false))
    #expect(!known.concerns(other, hasRegister: true) && !known.concerns(other, hasRegister: false))
    #expect(!known.concerns(nil, hasRegister: false) && !known.isEmpty)
    let gone = gap(isGone: true)
    #expect(gone.concerns(nil, hasRegister: false) && gone.concerns(other, hasRegister: false))
    #expect(!gone.concerns(other, hasRegister: true))
    #expect(gap(isGone: false, isRestored: true).concerns(other, hasRegister: true))
    #expect(Set([known, gone, gap(isGone: true, isRestored: true)].map(\.word)).count == 3)
  }
}
