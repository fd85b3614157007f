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

  @Test func `what several logs say is put in order by what each change goes on from, whatever the clocks said`() {
    func change(_ at: Int64, _ before: UInt8?, _ after: UInt8) -> RegisterChanges.Change {
      RegisterChanges.Change(at: at, before: before.map { [$0] }, after: [after], said: nil)
    }
    let made = [change(30, nil, 1), change(10, 1, 2), change(20, 2, 3), change(5, 3, 4)]
    #expect(RegisterChanges.inOrder(made.reversed()) == made)
    // One that is in two logs, and what goes on from something older.
    let twice = RegisterChanges.inOrder([made[0], made[2], made[1], made[1]])
    #expect(!RegisterChanges.lead(twice, and: [], elsewhereThan: .holds([3])))
    let broken = RegisterChanges.inOrder([made[0], made[1], made[2], change(40, 2, 9)])
    #expect(RegisterChanges.lead(broken, and: [], elsewhereThan: .holds([9])))
    #expect(RegisterChanges.lead(broken, and: [], elsewhereThan: .holds([3])))
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

  @Test func `a restore that was taken into account is none, though its log is read from its beginning again`() {
    var restores = RestoresInLogs(known: [10])
    restores.noteChange(at: 5)
    restores.noteRestore(at: 10)
    #expect(!restores.mayHaveLost(wasCompared: true) && !restores.mayHaveLost(wasCompared: false))
    restores.noteRestore(at: 20)
    #expect(restores.mayHaveLost(wasCompared: true) && restores.seen == [10, 20])
  }

  @Test func `a gap is about its patients, and where one is gone about all of whom nothing is there`() {
    let (one, other) = (Digest(hashing: Array("one".utf8).span), Digest(hashing: Array("other".utf8).span))
    func gap(isGone: Bool, restored: [Int64] = [], began: [String: UInt64] = [:]) -> RegisterGap {
      let patient = RegisterGap.Patient(tag: one, isGone: isGone, said: ["recorded 1"])
      return RegisterGap(patients: [patient], restored: restored, began: began, reached: [:])
    }
    let known = gap(isGone: false)
    #expect(known.concerns(one, hasRegister: true) && known.concerns(one, hasRegister: false))
    #expect(!known.concerns(other, hasRegister: true) && !known.concerns(other, hasRegister: false))
    #expect(!known.concerns(nil, hasRegister: false) && !known.isEmpty)
    let gone = gap(isGone: true)
    #expect(gone.concerns(nil, hasRegister: false) && gone.concerns(other, hasRegister: false))
    #expect(!gone.concerns(other, hasRegister: true))
    #expect(gap(isGone: false, restored: [1]).concerns(other, hasRegister: true))
    // Who has seen one has not seen the next: another restore, or the same after more was compared.
    let restored = [gap(isGone: true, restored: [1]), gap(isGone: true, restored: [2])]
    let later = gap(isGone: true, restored: [1], began: ["log@0": 9])
    #expect(Set(([known, gone, later] + restored).map(\.word)).count == 5)
  }
}
