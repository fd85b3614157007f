/// What the one who computes needs: the public key, and keys that sum over slots.
///
/// Nothing can be decrypted with it.
package struct EvaluationKey: Hashable, Sendable {
  /// The key for encrypting, with which results are made fresh.
  package let publicKey: PublicKey
  let switching: [SwitchingKey]

  /// The parameters it belongs to.
  package var parameters: Parameters { publicKey.parameters }
  /// The key's number.
  package var id: KeyID { publicKey.id }

  init(publicKey: PublicKey, switching: [SwitchingKey]) {
    self.publicKey = publicKey
    self.switching = switching
  }

  /// The evaluation key of a pair.
  ///
  /// - Precondition: `generator` is cryptographically secure, but in tests.
  package init(
    for pair: borrowing KeyPair, using generator: inout some RandomNumberGenerator
  ) throws(ComputationError) {
    publicKey = pair.publicKey
    var keys: [SwitchingKey] = []
    for element in SwitchingKey.elements(Ring.of(pair.secret.parameters)) {
      keys.append(try SwitchingKey(element, for: pair.secret, using: &generator))
    }
    switching = keys
  }

  /// The ciphertext that has the sum of all slots in each of them.
  func sumOverSlots(_ ciphertext: Ciphertext) -> Ciphertext {
    let ring = Ring.of(parameters)
    return switching.reduce(into: ciphertext) { sum, key in
      let turned = key.apply(to: sum, ring)
      sum.add(turned, ring)
    }
  }
}
