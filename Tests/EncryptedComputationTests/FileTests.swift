import Ciphers
import EncryptedComputation
import TestKit
import Testing

struct FileTests {
  private let keys: Keys
  private let table: EncryptedTable

  init() throws {
    keys = try Keys(.counts4096, seed: 41)
    var random = SeededGenerator(seed: 42)
    let seeded = try keys.pair.secret.encrypt([1, -2, 3], name: "age", bounds: Bounds(-9...9), using: &random)
    let whole = try keys.pair.publicKey.encrypt(
      [10, 20, 30], name: "Größe", bounds: Bounds(0...99, decimals: 1), using: &random)
    table = keys.table(seeded, whole, try keys.evaluation.sum([seeded], using: &random).column.renamed("sum"))
  }

  @Test func `reads what it wrote`() throws {
    #expect(try EncryptedTable(file: table.file) == table)
    #expect(try PublicKey(file: keys.pair.publicKey.file) == keys.pair.publicKey)
    #expect(try EvaluationKey(file: keys.evaluation.file) == keys.evaluation)
    var secret = keys.pair.secret.revealingFile().withBytes { bytes in bytes.indices.map { bytes[$0] } }
    let again = try SecretKey(file: &secret)
    #expect(secret.isEmpty)
    #expect(again.id == keys.pair.secret.id)
    #expect(try again.decrypt(table.columns[1]) == [10, 20, 30])
  }

  @Test func `is half as large with a seed`() throws {
    var random = SeededGenerator(seed: 43)
    let columns = try keys.columns([1], bounds: Bounds(0...1), using: &random)
    let sizes = columns.map { keys.table($0).file.count }
    #expect(sizes == [35_971, 71_779])
  }

  @Test func `refuses every cut and every flipped bit`() throws {
    var random = SeededGenerator(seed: 44)
    let files = [table.file, keys.pair.publicKey.file]
    for _ in 0..<300 {
      let file = try #require(files.randomElement(using: &random))
      var changed = file
      if Bool.random(using: &random) {
        changed.removeLast(Int.random(in: 1...file.count, using: &random))
      } else {
        changed[Int.random(in: file.indices, using: &random)] ^= 1 << UInt8.random(in: 0...7, using: &random)
      }
      #expect(throws: ComputationError.self) { try EncryptedTable(file: changed) }
      #expect(throws: ComputationError.self) { try PublicKey(file: changed) }
      #expect(throws: ComputationError.self) { try EvaluationKey(file: changed) }
    }
    #expect(throws: ComputationError(.malformed)) { try EncryptedTable(file: table.file + [0]) }
    #expect(throws: ComputationError(.otherKind)) { try EncryptedTable(file: keys.pair.publicKey.file) }
  }

  /// Changes whose digest was made anew: what someone writes who means harm.
  @Test func `decrypts no other number whatever bit a hostile writer flips`() throws {
    var random = SeededGenerator(seed: 45)
    let file = table.file
    var (refused, caught, same) = (0, 0, 0)
    for round in 0..<400 {
      var changed = Array(file.dropLast(Digest.byteCount))
      // Heads are in the first bytes; the rest are ciphertexts.
      let places = round.isMultiple(of: 2) ? 8..<100 : 100..<changed.count
      changed[Int.random(in: places, using: &random)] ^= 1 << UInt8.random(in: 0...7, using: &random)
      Digest(hashing: changed.span).write(into: &changed)
      do throws(ComputationError) {
        let read = try EncryptedTable(file: changed)
        try keys.evaluation.check(read)
        for (column, original) in zip(read.columns, table.columns) {
          let values = try keys.pair.secret.decrypt(column)
          guard column.count == original.count, column.kind == original.kind else { continue }
          #expect(try values == keys.pair.secret.decrypt(original))
        }
        same += 1
      } catch {
        if error.code == .notAsDeclared { caught += 1 } else { refused += 1 }
      }
    }
    print("hostile: \(refused) refused when read, \(caught) when decrypted, \(same) harmless")
    #expect(refused > 50 && caught > 100)
  }

  @Test func `refuses random bytes behind a right head`() throws {
    var random = SeededGenerator(seed: 46)
    for round in 0..<200 {
      var bytes = Array(table.file.prefix(28 + round % 30))
      bytes += [UInt8](randomCount: Int.random(in: 0...5000, using: &random), using: &random)
      Digest(hashing: bytes.span).write(into: &bytes)
      #expect(throws: ComputationError.self) { try EncryptedTable(file: bytes) }
    }
  }

  @Test func `tells which key a part belongs to`() throws {
    let others = try Keys(.counts4096, seed: 47)
    #expect(others.evaluation.id != keys.evaluation.id)
    #expect(throws: ComputationError(.otherKey)) { try others.evaluation.check(table) }
    let sums = try Keys(.sums8192, seed: 48)
    #expect(throws: ComputationError(.otherParameters)) { try sums.evaluation.check(table) }
  }
}
