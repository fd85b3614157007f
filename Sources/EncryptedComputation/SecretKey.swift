import Bytes
import Ciphers

/// The key that decrypts: a polynomial with coefficients −1, 0 and 1, wiped when its owner lets go of it.
///
/// There is no description, and it is never in a file but inside one that is sealed.
package struct SecretKey: ~Copyable, Sendable {
  /// The parameters it belongs to.
  package let parameters: Parameters
  /// The key's number, which public parts and ciphertexts carry.
  package let id: KeyID
  /// One byte for each coefficient, one more than it.
  let coefficients: SecretBytes

  /// A new key, and the key for those who contribute.
  ///
  /// - Precondition: `generator` is cryptographically secure, but in tests.
  package static func generate(
    _ parameters: Parameters, using generator: inout some RandomNumberGenerator
  ) throws(ComputationError) -> KeyPair {
    let ring = Ring.of(parameters)
    // The key comes from the generator itself: no keystream stands between.
    var bytes = [UInt8](repeating: 0, count: ring.degree)
    for index in bytes.indices { bytes[index] = UInt8(Sampling.ternary(generator.next()) + 1) }
    let coefficients = SecretBytes(taking: &bytes)
    let seed = Seed(using: &generator)
    let a = try Sampling.uniform(seed, ring, ring.count)
    var values = coefficients.values(ring, ring.count)
    defer { values.wipe() }
    let body = try ring.masked(a, by: values, using: &generator)
    let publicKey = PublicKey(parameters, seed: seed, body: body, mask: a)
    return KeyPair(
      secret: SecretKey(parameters, publicKey.id, consume coefficients), publicKey: publicKey)
  }

  init(_ parameters: Parameters, _ id: KeyID, _ coefficients: consuming SecretBytes) {
    self.parameters = parameters
    self.id = id
    self.coefficients = coefficients
  }
}

/// A secret key and the public key that belongs to it.
package struct KeyPair: ~Copyable, Sendable {
  /// For the one who decrypts.
  package let secret: SecretKey
  /// For those who encrypt.
  package let publicKey: PublicKey
}

extension SecretBytes {
  /// The secret as values modulo the first `count` primes; the caller wipes them.
  func values(_ ring: Ring, _ count: Int) -> [UInt64] {
    var values = withBytes { bytes in
      var result = [UInt64](repeating: 0, count: count * ring.degree)
      var output = result.mutableSpan
      for i in 0..<count {
        let prime = ring.moduli[i].value
        for j in 0..<ring.degree {
          let small = UInt64(bytes[j]) &- 1
          output[i * ring.degree + j] = small &+ (prime & UInt64(bitPattern: Int64(bitPattern: small) >> 63))
        }
      }
      return result
    }
    ring.forward(&values)
    return values
  }
}

extension Ring {
  /// −mask·secret + a fresh error + `plain`, which are coefficients: the first part of a ciphertext, as values.
  func masked(
    _ mask: [UInt64], by secret: [UInt64], _ plain: consuming [UInt64]? = nil,
    using generator: inout some RandomNumberGenerator
  ) throws(ComputationError) -> [UInt64] {
    var result = try small(mask.count / degree, using: &generator) { Sampling.error($0) }
    if var plain {
      add(plain, to: &result)
      plain.wipe()
    }
    forward(&result)
    subtract(product: mask, secret, from: &result)
    return result
  }

  /// A fresh polynomial of small coefficients; the caller wipes it.
  func small(
    _ count: Int, using generator: inout some RandomNumberGenerator, _ coefficient: (UInt64) -> Int64
  ) throws(ComputationError) -> [UInt64] {
    let key = SecretBytes(count: Seed.byteCount, using: &generator)
    do throws(CipherError) {
      return try Keystream.withWords(degree, of: key) { Sampling.residues($0, self, count, coefficient) }
    } catch {
      throw ComputationError(.notOffered)
    }
  }
}
