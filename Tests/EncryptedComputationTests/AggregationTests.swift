import EncryptedComputation
import TestKit
import Testing

struct AggregationTests {
  @Test(arguments: Parameters.all)
  func `gives back what was encrypted, by either key`(_ parameters: Parameters) throws {
    let keys = try Keys(parameters, seed: 1)
    var random = SeededGenerator(seed: 2)
    for count in [1, parameters.degree, parameters.degree + 1, 3 * parameters.degree - 5] {
      let bounds = Bounds(-parameters.largest...parameters.largest)
      var values = random.values(count, in: bounds.range)
      values[0] = bounds.range.lowerBound
      values[count - 1] = bounds.range.upperBound
      for column in try keys.columns(values, bounds: bounds, using: &random) {
        #expect(try keys.pair.secret.decrypt(column) == values)
      }
    }
  }

  @Test(arguments: Parameters.all)
  func `sums every row of every contributor`(_ parameters: Parameters) throws {
    let keys = try Keys(parameters, seed: 3)
    var random = SeededGenerator(seed: 4)
    let bounds = Bounds(-999...2500, decimals: 2)
    var columns: [EncryptedColumn] = []
    var expected: Int64 = 0
    for count in [1, 100, parameters.degree, 2 * parameters.degree + 7] {
      let values = random.values(count, in: bounds.range)
      columns.append(
        try #require(try keys.columns(values, bounds: bounds, using: &random).randomElement(using: &random)))
      expected += values.reduce(0, +)
    }
    let (total, hiding) = try keys.evaluation.sum(columns, using: &random)
    #expect(try keys.pair.secret.decrypt(total) == [expected])
    let count = columns.reduce(0) { $0 + $1.count }
    #expect(total.count == count)
    #expect(total.bounds == Bounds(Int64(-999 * count)...Int64(2500 * count), decimals: 2))
    #expect((hiding != nil) == parameters.floods)
    if let hiding { #expect(hiding.distanceBits >= Hiding.least) }
  }

  @Test(arguments: Parameters.all)
  func `counts ones, and no other column`(_ parameters: Parameters) throws {
    let keys = try Keys(parameters, seed: 5)
    var random = SeededGenerator(seed: 6)
    let flags = random.values(parameters.degree + 100, in: 0...1)
    let columns = try keys.columns(flags, bounds: Bounds(0...1), using: &random)
    let (total, _) = try keys.evaluation.count(columns, using: &random)
    #expect(try keys.pair.secret.decrypt(total) == [2 * flags.reduce(0, +)])
    let ages = try keys.columns([40, 41], bounds: Bounds(0...120), using: &random)
    #expect(throws: ComputationError(.otherForm)) { try keys.evaluation.count(ages, using: &random) }
  }

  @Test func `reaches the largest sum, and refuses one that could be a unit larger`() throws {
    let keys = try Keys(.counts4096, seed: 7)
    var random = SeededGenerator(seed: 8)
    let largest = Parameters.counts4096.largest
    let half = try keys.columns([largest / 2], bounds: Bounds(0...largest / 2), using: &random)
    let (total, _) = try keys.evaluation.sum(half, using: &random)
    #expect(try keys.pair.secret.decrypt(total) == [largest / 2 * 2])
    let more = try keys.columns([1], bounds: Bounds(0...largest / 2 + 1), using: &random)
    #expect(throws: ComputationError(.tooLarge)) { try keys.evaluation.sum(half + more, using: &random) }
    #expect(throws: ComputationError(.tooLarge)) {
      try keys.pair.publicKey.encrypt([1], name: "x", bounds: Bounds(0...largest + 1), using: &random)
    }
  }

  @Test func `refuses a sum whose noise could reach the value`() throws {
    let keys = try Keys(.counts4096, seed: 9)
    var random = SeededGenerator(seed: 10)
    let column = try keys.pair.publicKey.encrypt([1], name: "x", bounds: Bounds(0...1), using: &random)
    let few = [EncryptedColumn](repeating: column, count: 350)
    #expect(try keys.pair.secret.decrypt(keys.evaluation.sum(few, using: &random).column) == [350])
    let many = [EncryptedColumn](repeating: column, count: 800)
    #expect(throws: ComputationError(.noBudget)) { try keys.evaluation.sum(many, using: &random) }
  }

  @Test func `refuses values outside their bounds, no values, and columns that do not agree`() throws {
    let keys = try Keys(.counts4096, seed: 11)
    var random = SeededGenerator(seed: 12)
    let publicKey = keys.pair.publicKey
    #expect(throws: ComputationError(.outsideBounds)) {
      try publicKey.encrypt([121], name: "age", bounds: Bounds(0...120), using: &random)
    }
    #expect(throws: ComputationError(.empty)) {
      try publicKey.encrypt([], name: "age", bounds: Bounds(0...120), using: &random)
    }
    #expect(throws: ComputationError(.otherForm)) {
      try publicKey.encrypt([1], name: "a\nb", bounds: Bounds(0...120), using: &random)
    }
    let age = try publicKey.encrypt([1], name: "age", bounds: Bounds(0...120), using: &random)
    let weight = try publicKey.encrypt([1], name: "weight", bounds: Bounds(0...120), using: &random)
    let exact = try publicKey.encrypt([1], name: "age", bounds: Bounds(0...120, decimals: 1), using: &random)
    for other in [weight, exact] {
      #expect(throws: ComputationError(.otherForm)) { try keys.evaluation.sum([age, other], using: &random) }
    }
    #expect(throws: ComputationError(.empty)) { try keys.evaluation.sum([], using: &random) }
  }

  @Test func `computes row by row before it sums`() throws {
    let keys = try Keys(.scores8192, seed: 13)
    var random = SeededGenerator(seed: 14)
    let evaluation = keys.evaluation
    let (first, second) = (random.values(9000, in: -50...50), random.values(9000, in: 0...9))
    let mask = random.values(9000, in: 0...1)
    let left = try keys.pair.publicKey.encrypt(first, name: "a", bounds: Bounds(-50...50), using: &random)
    let right = try keys.pair.secret.encrypt(second, name: "b", bounds: Bounds(0...9), using: &random)
    let secret = { (column: EncryptedColumn) in try keys.pair.secret.decrypt(column) }
    #expect(try secret(evaluation.sum(left, right, name: "c")) == zip(first, second).map { $0 + $1 })
    let difference = try evaluation.difference(left, right, name: "c")
    #expect(try secret(difference) == zip(first, second).map { $0 - $1 })
    #expect(difference.bounds == Bounds(-59...50))
    #expect(try secret(evaluation.column(left, adding: second)) == zip(first, second).map { $0 + $1 })
    #expect(try secret(evaluation.column(left, multipliedBy: -3)) == first.map { $0 * -3 })
    let chosen = try evaluation.column(left, multipliedBy: mask)
    #expect(chosen.bounds == Bounds(-50...50))
    #expect(try secret(chosen) == zip(first, mask).map { $0 * $1 })
    let total = try evaluation.sum([evaluation.column(right, multipliedBy: mask)], using: &random)
    #expect(try secret(total.column) == [zip(second, mask).reduce(0) { $0 + $1.0 * $1.1 }])
    #expect(throws: ComputationError(.tooLarge)) { try evaluation.column(left, multipliedBy: 1 << 40) }
    #expect(throws: ComputationError(.otherForm)) { try evaluation.column(left, adding: [1]) }
  }
}
