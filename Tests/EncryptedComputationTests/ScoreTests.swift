import EncryptedComputation
import TestKit
import Testing

struct ScoreTests {
  private static func model(_ weights: [(String, String)], intercept: String? = nil) throws -> LinearScore {
    LinearScore(
      weights: try weights.map { ($0, try LinearScore.Weight(parsing: $1)) },
      intercept: try intercept.map { try LinearScore.Weight(parsing: $0) })
  }

  @Test func `scores every row as plain arithmetic does`() throws {
    let keys = try Keys(.scores8192, seed: 21)
    var random = SeededGenerator(seed: 22)
    let ages = random.values(8200, in: 0...120)
    let creatinine = random.values(8200, in: 10...2000)
    let table = keys.table(
      try keys.pair.publicKey.encrypt(ages, name: "age", bounds: Bounds(0...120), using: &random),
      try keys.pair.secret.encrypt(
        creatinine, name: "creatinine", bounds: Bounds(10...2000, decimals: 2), using: &random))
    let model = try ScoreTests.model([("age", "0.035"), ("creatinine", "-1.5")], intercept: "4.25")
    let (scores, hiding) = try keys.evaluation.score(table, by: model, using: &random)
    // 0.035 · age has three decimals, −1.5 · creatinine three: 35·a − 15·c + 4250 thousandths.
    #expect(try keys.pair.secret.decrypt(scores) == zip(ages, creatinine).map { 35 * $0 - 15 * $1 + 4250 })
    #expect(scores.bounds.decimals == 3)
    #expect(try #require(hiding).distanceBits >= 64)
  }

  @Test func `declares nothing about the weights in what it gives`() throws {
    let keys = try Keys(.scores8192, seed: 23)
    var random = SeededGenerator(seed: 24)
    let table = keys.table(
      try keys.pair.secret.encrypt([1, 2], name: "age", bounds: Bounds(0...120), using: &random))
    let light = try keys.evaluation.score(table, by: ScoreTests.model([("age", "1")]), using: &random).column
    let heavy = try keys.evaluation.score(table, by: ScoreTests.model([("age", "9999")]), using: &random).column
    #expect(light.bounds == heavy.bounds)
    #expect(light.budgetBits(.scores8192) == heavy.budgetBits(.scores8192))
    let again = try keys.evaluation.score(table, by: ScoreTests.model([("age", "1")]), using: &random).column
    #expect(light != again)
  }

  @Test func `refuses what could not be a right score`() throws {
    let keys = try Keys(.scores8192, seed: 25)
    let others = try Keys(.scores8192, seed: 26)
    let counts = try Keys(.counts4096, seed: 27)
    var random = SeededGenerator(seed: 28)
    let age = try keys.pair.secret.encrypt([1, 2], name: "age", bounds: Bounds(0...120), using: &random)
    let short = try keys.pair.secret.encrypt([1], name: "short", bounds: Bounds(0...120), using: &random)
    let refusals: [(Keys, EncryptedTable, [(String, String)], ComputationError.Code)] = [
      (keys, keys.table(age), [("weight", "1")], .otherForm),
      (keys, keys.table(age, short), [("age", "1"), ("short", "1")], .otherForm),
      (keys, keys.table(age), [("age", "20000000")], .tooLarge),
      (keys, keys.table(age), [("age", "0.0000000000001")], .notANumber),
      (keys, keys.table(age), [], .empty),
      (others, keys.table(age), [("age", "1")], .otherKey),
      (counts, counts.table(age), [("age", "1")], .notOffered),
    ]
    for (keys, table, weights, code) in refusals {
      #expect(throws: ComputationError(code)) {
        try keys.evaluation.score(table, by: ScoreTests.model(weights), using: &random)
      }
    }
    let (scores, _) = try keys.evaluation.score(keys.table(age), by: ScoreTests.model([("age", "1")]), using: &random)
    #expect(throws: ComputationError(.otherForm)) { try keys.evaluation.sum([scores], using: &random) }
  }
}

struct LookupTests {
  @Test(arguments: [1, 8192, 20_000])
  func `answers with the number of the row`(_ count: Int) throws {
    let keys = try Keys(.scores8192, seed: 31)
    var random = SeededGenerator(seed: UInt64(count))
    let bounds = Bounds(-999_999_999...999_999_999, decimals: 4)
    let table = random.values(count, in: bounds.range)
    for row in Set([0, count / 2, count - 1]) {
      let query = try keys.pair.secret.query(row: row, of: count, name: "price", using: &random)
      let (answer, hiding) = try keys.evaluation.lookUp(query, in: table, bounds: bounds, using: &random)
      #expect(try keys.pair.secret.decrypt(answer) == [table[row]])
      #expect(answer.bounds.decimals == 4)
      #expect(try #require(hiding).distanceBits >= Hiding.least)
    }
  }

  @Test func `refuses a table of another length, a row that is not there, and parameters without room`() throws {
    let keys = try Keys(.scores8192, seed: 32)
    let sums = try Keys(.sums8192, seed: 33)
    let counts = try Keys(.counts4096, seed: 34)
    var random = SeededGenerator(seed: 35)
    let query = try keys.pair.secret.query(row: 1, of: 3, name: "price", using: &random)
    #expect(throws: ComputationError(.otherForm)) {
      try keys.evaluation.lookUp(query, in: [1, 2], bounds: Bounds(0...9), using: &random)
    }
    #expect(throws: ComputationError(.outsideBounds)) {
      try keys.pair.secret.query(row: 3, of: 3, name: "price", using: &random)
    }
    #expect(throws: ComputationError(.notOffered)) {
      try counts.pair.secret.query(row: 1, of: 3, name: "price", using: &random)
    }
    let tight = try sums.pair.secret.query(row: 1, of: 3, name: "price", using: &random)
    #expect(throws: ComputationError(.noPrivacy)) {
      try sums.evaluation.lookUp(tight, in: [1, 2, 3], bounds: Bounds(0...9), using: &random)
    }
  }
}
