import Bytes
import Ciphers

/// How many rows belong to a set, and the sum of their weights: what tells that one was deleted, added, or put back as
/// it was once.
///
/// The sum is stored hidden under a fresh nonce, in a row under the seal of the vault. Who knows neither the weights nor
/// the sum finds no other set with the same sum but by guessing.
struct Tally: Hashable {
  private(set) var count: Int64 = 0
  private var sum = SIMD2<UInt64>.zero

  /// The tally of no rows.
  init() {}

  mutating func add(_ weight: SIMD2<UInt64>) {
    count += 1
    sum = SIMD2(Residue.sum(sum[0], weight[0]), Residue.sum(sum[1], weight[1]))
  }

  mutating func remove(_ weight: SIMD2<UInt64>) {
    count -= 1
    sum = SIMD2(Residue.difference(sum[0], weight[0]), Residue.difference(sum[1], weight[1]))
  }

  /// Adds the rows of another tally.
  mutating func add(_ other: Tally) {
    add(other.sum)
    count += other.count - 1
  }

  /// Takes out the rows of another tally.
  mutating func remove(_ other: Tally) {
    remove(other.sum)
    count -= other.count - 1
  }
}

extension Tally {
  private static let nonceLength = 16
  private static let length = nonceLength + 24

  /// The tally as it is stored, under the name of its set.
  func hidden(as name: String, _ evidence: SecretBox) -> [UInt8] {
    var random = SystemRandomNumberGenerator()
    var bytes = [UInt8](randomCount: Tally.nonceLength, using: &random)
    let mask = Tally.mask(name, bytes, evidence)
    bytes.append(bigEndian: UInt64(bitPattern: count))
    bytes.append(bigEndian: sum[0] ^ mask[0])
    bytes.append(bigEndian: sum[1] ^ mask[1])
    return bytes
  }

  /// The tally that was stored under this name.
  init(_ stored: [UInt8], as name: String, _ evidence: SecretBox) throws(VaultError) {
    guard stored.count == Tally.length else { throw VaultError(.altered(.vault)) }
    let mask = Tally.mask(name, Array(stored[..<Tally.nonceLength]), evidence)
    count = Int64(bitPattern: Tally.word(stored, Tally.nonceLength))
    let sum = SIMD2(
      Tally.word(stored, Tally.nonceLength + 8) ^ mask[0], Tally.word(stored, Tally.nonceLength + 16) ^ mask[1])
    guard sum[0] < Residue.modulus, sum[1] < Residue.modulus else { throw VaultError(.altered(.vault)) }
    self.sum = sum
  }

  private static func mask(_ name: String, _ nonce: [UInt8], _ evidence: SecretBox) -> SIMD2<UInt64> {
    let key = evidence.secret.derived(for: "cordon vault v1 tally")
    let bytes = Digest(authenticating: nonce + Array(name.utf8), key: key).bytes
    return SIMD2(word(bytes, 0), word(bytes, 8))
  }

  private static func word(_ bytes: [UInt8], _ start: Int) -> UInt64 {
    bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) }
  }
}
