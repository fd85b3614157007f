/// The key for those who encrypt but may not decrypt.
package struct PublicKey: Hashable, Sendable {
  /// The parameters it belongs to.
  package let parameters: Parameters
  /// The key's number.
  package let id: KeyID
  let seed: Seed
  /// −a·s + e, as values.
  let body: [UInt64]
  /// a, as values.
  let mask: [UInt64]

  init(_ parameters: Parameters, seed: Seed, body: [UInt64], mask: [UInt64]) {
    self.parameters = parameters
    self.seed = seed
    self.body = body
    self.mask = mask
    id = KeyID(parameters, seed: seed, body: body)
  }

  /// An encryption of `plain`, scaled coefficients: (b·u + e₁ + plain, a·u + e₂) with u ternary; of zero without it.
  func encrypt(_ plain: consuming [UInt64]?, using generator: inout some RandomNumberGenerator)
    throws(ComputationError) -> Ciphertext
  {
    let ring = Ring.of(parameters)
    var u = try ring.small(ring.count, using: &generator) { Sampling.ternary($0) }
    ring.forward(&u)
    var first = try ring.small(ring.count, using: &generator) { Sampling.error($0) }
    if var plain {
      ring.add(plain, to: &first)
      plain.wipe()
    }
    ring.forward(&first)
    ring.add(product: body, u, to: &first)
    var second = try ring.small(ring.count, using: &generator) { Sampling.error($0) }
    ring.forward(&second)
    ring.add(product: mask, u, to: &second)
    u.wipe()
    return Ciphertext(first, second, noise: Noise.ofPublicEncryption(ring))
  }
}
