import Bytes
import EncryptedComputation

/// The sum of a column of encrypted numbers, beside the sum of the same numbers in the clear.
struct SumFigures {
  private let parameters: Parameters
  private let count: Int
  private let plain, encrypt, sum, decrypt: Measurement
  private let ratio, wholeRatio: Measurement

  init(_ parameters: Parameters, rounds: Int, count: Int) throws {
    self.parameters = parameters
    self.count = count
    // Of numbers so large that their sum still fits.
    let bounds = Bounds(0...max(0, min(999, parameters.largest / Int64(count))))
    let values = (0..<count).map { _ in Int64.random(in: bounds.range) }
    var random = SystemRandomNumberGenerator()
    var figures: [(plain: Double, encrypt: Double, sum: Double, decrypt: Double)] = []
    do throws(ComputationError) {
      let pair = try SecretKey.generate(parameters, using: &random)
      let key = try EvaluationKey(for: pair, using: &random)
      for round in 0...rounds {
        var clock = Stopwatch(.processor)
        let expected = SumFigures.sum(values)
        Sink.take(expected)
        let plain = clock.lap()
        let column = try pair.secret.encrypt(values, name: "x", bounds: bounds, using: &random)
        let encrypt = clock.lap()
        let total = try key.sum([column], using: &random).column
        let sum = clock.lap()
        let decrypted = try pair.secret.decrypt(total)
        let decrypt = clock.lap()
        guard decrypted == [expected] else { throw ComputationError(.notAsDeclared) }
        if round > 0 { figures.append((plain, encrypt, sum, decrypt)) }
      }
    } catch {
      throw CommandFailure(.unavailable, "\(parameters): \(error)")
    }
    plain = Measurement(figures.map(\.plain))
    encrypt = Measurement(figures.map(\.encrypt))
    sum = Measurement(figures.map(\.sum))
    decrypt = Measurement(figures.map(\.decrypt))
    ratio = Measurement(figures.map { $0.sum / $0.plain })
    wholeRatio = Measurement(figures.map { ($0.encrypt + $0.sum + $0.decrypt) / $0.plain })
  }

  var lines: [String] {
    [
      "", "sum of \(count) numbers, \(parameters), one core; every sum was right",
      "  plain                 \(milliseconds(plain).text(3)) ms",
      "  encrypt               \(milliseconds(encrypt).text(1)) ms",
      "  sum, encrypted        \(milliseconds(sum).text(1)) ms",
      "  decrypt               \(milliseconds(decrypt).text(2)) ms",
      "  encrypted / plain     \(ratio.text(0)) times, the sum alone",
      "                        \(wholeRatio.text(0)) times, with encryption and decryption",
    ]
  }

  var json: JSONValue {
    [
      "parameters": .string(parameters.name), "plain_ms": milliseconds(plain).json,
      "encrypt_ms": milliseconds(encrypt).json, "sum_ms": milliseconds(sum).json,
      "decrypt_ms": milliseconds(decrypt).json, "ratio": ratio.json, "ratio_with_encryption": wholeRatio.json,
    ]
  }

  private func milliseconds(_ seconds: Measurement) -> Measurement { seconds.mapped { $0 * 1000 } }

  @inline(never)
  private static func sum(_ values: [Int64]) -> Int64 { values.reduce(0, &+) }
}
