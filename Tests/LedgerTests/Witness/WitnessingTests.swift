import Ciphers
import Foundation
import Ledger
import Testing

struct WitnessingTests {
  private struct Unreachable: Error {}

  /// A log with these witnesses, of which some do not answer.
  private func push(
    _ log: borrowing TemporaryLog, _ witnesses: [TestWitness], silent: Set<String> = []
  ) async throws -> Witnessing.Report {
    let key = try Custody.verifier(data: log.data)
    return try await Witnessing(data: log.data, key: key).push { request in
      guard let witness = witnesses.first(where: { request.url == "https://\($0.key.name)/add-checkpoint" }),
        !silent.contains(witness.key.name)
      else { throw Unreachable() }
      return try witness.answer(request.body)
    }
  }

  private func witnesses(_ log: borrowing TemporaryLog, _ count: UInt8, quorum: Int) throws -> [TestWitness] {
    let key = try Custody.verifier(data: log.data)
    var list = WitnessList()
    var witnesses: [TestWitness] = []
    for number in 0..<count {
      let witness = try #require(try TestWitness("w\(number).example", for: key, seed: 40 + number))
      let (first, second) = (list.add(witness.witness), list.add(witness.witness))
      #expect(first && !second)
      witnesses.append(witness)
    }
    list.require(quorum)
    try list.store(data: log.data)
    #expect(try WitnessList(data: log.data) == list)
    return witnesses
  }

  @Test func `has growing checkpoints cosigned, and puts the cosignatures into receipts`() async throws {
    let log = try TemporaryLog()
    try await log.fill(3)
    let witnesses = try witnesses(log, 3, quorum: 2)
    let key = try Custody.verifier(data: log.data)
    for size in [3, 10, 10, 300] {
      let ledger = try log.open()
      for number in (try log.verify().entries)..<UInt64(size) {
        try await ledger.append(TemporaryLog.entry(Int(number)))
      }
      try await ledger.close()
      let report = try await push(log, witnesses)
      #expect(report.size == UInt64(size) && report.isCosigned && !report.isAlarm && report.cosignatures == 3)
      #expect(witnesses.allSatisfy { $0.size == UInt64(size) })
      var writer = try ReceiptWriter(data: log.data, key: key, covering: 1)
      let receipt = try #require(Receipt(parsing: try writer.receipt(of: 1).bytes))
      let policy = try WitnessList(data: log.data).policy
      guard
        case .holds(let checkpoint, let cosignatures) = receipt.check(
          TemporaryLog.entry(1).json.span, key: key, witnesses: policy)
      else {
        Issue.record("it does not hold")
        return
      }
      #expect(checkpoint.size == UInt64(size) && cosignatures.map(\.key) == witnesses.map(\.key))
    }
  }

  @Test func `keeps a checkpoint only if enough witnesses cosigned it`() async throws {
    let log = try TemporaryLog()
    try await log.fill(4)
    let witnesses = try witnesses(log, 3, quorum: 2)
    var report = try await push(log, witnesses, silent: ["w0.example", "w2.example"])
    #expect(!report.isCosigned && report.cosignatures == 1)
    #expect(report.outcomes.map(\.outcome.description).first == "it did not answer")
    #expect(!FileManager.default.fileExists(atPath: log.path("cosigned")))
    report = try await push(log, witnesses, silent: ["w0.example"])
    #expect(report.isCosigned && report.cosignatures == 2)
    let cosigned = try log.bytes(log.path("cosigned"))
    report = try await push(log, witnesses, silent: ["w0.example", "w1.example"])
    #expect(!report.isCosigned)
    #expect(try log.bytes(log.path("cosigned")) == cosigned)
  }

  @Test func `keeps the larger checkpoint when two are submitted at once`() async throws {
    let log = try TemporaryLog()
    try await log.fill(5)
    let witnesses = try witnesses(log, 1, quorum: 1)
    let key = try Custody.verifier(data: log.data)
    let (answered, answer) = AsyncStream.makeStream(of: Void.self)
    let slow = try Witnessing(data: log.data, key: key)
    async let late = slow.push { request in
      let response = try witnesses[0].answer(request.body)
      for await _ in answered { break }
      return response
    }
    while witnesses[0].size < 5 { try await Task.sleep(for: .milliseconds(1)) }
    let ledger = try log.open()
    for number in 5..<20 { try await ledger.append(TemporaryLog.entry(number)) }
    try await ledger.close()
    #expect(try await push(log, witnesses).isCosigned)
    let cosigned = try log.bytes(log.path("cosigned"))
    answer.yield()
    #expect(try await late.isCosigned)
    #expect(try log.bytes(log.path("cosigned")) == cosigned)
    #expect(Checkpoint(note: cosigned, signedBy: key)?.size == 20)
  }

  @Test func `has as many witnesses as fit into the note of a checkpoint`() async throws {
    let log = try TemporaryLog()
    try await log.fill(3)
    let witnesses = try witnesses(log, 32, quorum: 32)
    #expect(try await push(log, witnesses).cosignatures == 32)
    #expect(try log.fault() == nil)
    var list = try WitnessList(data: log.data)
    let key = try Custody.verifier(data: log.data)
    let further = try #require(try TestWitness("further.example", for: key, seed: 200))
    let isAdded = list.add(further.witness)
    #expect(!isAdded)
    let line = "\(further.witness.key) \(further.witness.url)\n"
    #expect(throws: LedgerError(.witness(line: 34))) { try WitnessList(parsing: list.bytes + Array(line.utf8)) }
  }

  @Test func `sees by its witnesses that it was rolled back or forked`() async throws {
    let log = try TemporaryLog()
    try await log.fill(4)
    let witnesses = try witnesses(log, 1, quorum: 1)
    let place = log.path("")
    let old = try TemporaryFolderCopy(of: place)
    let ledger = try log.open()
    for number in 4..<9 { try await ledger.append(TemporaryLog.entry(number)) }
    try await ledger.close()
    #expect(try await push(log, witnesses).isCosigned)

    // The whole directory is put back, with what was kept of the cosigned checkpoint: the log shows it itself.
    let cosigned = try log.bytes(log.path("cosigned"))
    try old.restore()
    try log.write(cosigned, to: log.path("cosigned"))
    await #expect(throws: LedgerError(.damaged(Fault(.truncated(signed: 9), at: 4)))) {
      _ = try await push(log, witnesses)
    }
    // Without it the witness knows.
    try FileManager.default.removeItem(atPath: log.path("cosigned"))
    var list = WitnessList()
    _ = list.add(witnesses[0].witness)
    try list.store(data: log.data)
    var report = try await push(log, witnesses)
    #expect(report.isAlarm && report.outcomes.map(\.outcome) == [.rolledBack(witnessed: 9)])
    // And when the log has grown past that again with other entries.
    let other = try log.open()
    for number in 100..<120 {
      var entry = TemporaryLog.entry(number)
      entry.event = .requestRefused
      try await other.append(entry)
    }
    try await other.close()
    report = try await push(log, witnesses)
    #expect(report.isAlarm && report.outcomes.map(\.outcome) == [.forked(witnessed: 9)])
    #expect(!FileManager.default.fileExists(atPath: log.path("cosigned")))
  }

  @Test(arguments: [
    ("x\n", 1), ("quorum 0\n", 1), ("quorum x\n", 1), ("quorum 1\n", 1), ("# a\n\nv u\n", 3),
    ("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW https://w.example\n", 1),
  ])
  func `refuses what is no list of witnesses`(_ text: String, _ line: Int) {
    #expect(throws: LedgerError(.witness(line: line))) { try WitnessList(parsing: Array(text.utf8)) }
  }
}

/// A copy of a folder, to be put back.
private struct TemporaryFolderCopy {
  private let place: String
  private let copy: String

  init(of place: String) throws {
    self.place = place.hasSuffix("/") ? String(place.dropLast()) : place
    copy = self.place + ".copy"
    try FileManager.default.copyItem(atPath: self.place, toPath: copy)
  }

  func restore() throws {
    try FileManager.default.removeItem(atPath: place)
    try FileManager.default.moveItem(atPath: copy, toPath: place)
  }
}
