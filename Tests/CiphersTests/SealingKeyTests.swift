import Bytes
import Ciphers
import TestKit
import Testing

struct SealingKeyTests {
  private func seal(_ text: [UInt8], context: [UInt8], seed: UInt64 = 1) throws -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    return try SealingKey(master: SecretBytes(count: 32, using: &generator)).seal(text.span, context: context)
  }

  private func open(_ sealed: [UInt8], context: [UInt8], seed: UInt64 = 1) throws -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    return try SealingKey(master: SecretBytes(count: 32, using: &generator)).open(sealed.span, context: context)
  }

  @Test(arguments: [0, 1, 16, 1000]) func `opens what it sealed`(_ length: Int) throws {
    let text = [UInt8](repeating: 7, count: length)
    let sealed = try seal(text, context: [1])
    #expect(sealed.count == 12 + length + 16)
    #expect(try open(sealed, context: [1]) == text)
  }

  /// Computed from the construction by Python's `hmac` and `cryptography`, for the master key 00 01 … 1f.
  @Test(
    arguments: [
      ([], [], "4e460ea1b6c8006bc518c1350fadec41b54f4e33f44e8a3537cce1f8"),
      (
        Array("sent".utf8), Array("request-1".utf8),
        "72f18a3a9026870113fdc3840705ec8fde8fd694bc9858f0fe399a235b97ce36"
      ),
      (
        Array(0..<40), [0],
        """
        7a49eb5c2afd0d03c36d83fb730f731e66e91981abcca1393287cd7b29688b881372eb6f6d434cedc844742bf16266b2faeca6ec59bea1e7\
        536cc5116eec8b6a0eef229d
        """
      ),
    ] as [([UInt8], [UInt8], String)])
  func `seals to these bytes`(_ text: [UInt8], _ context: [UInt8], _ sealed: String) throws {
    var master = [UInt8](0..<32)
    let key = try SealingKey(master: SecretBytes(taking: &master))
    let found = try key.seal(text.span, context: context)
    #expect(Hex.encode(found) == sealed)
    let opened = try key.open(found.span, context: context)
    #expect(opened == text)
  }

  @Test func `gives the same ciphertext for the same key, text and context only`() throws {
    let sealed = try seal([1, 2], context: [3])
    #expect(try seal([1, 2], context: [3]) == sealed)
    #expect(try seal([1, 2], context: [4]) != sealed)
    #expect(try seal([2], context: [3, 1]) != sealed)
    #expect(try seal([1, 2], context: [3], seed: 2) != sealed)
  }

  @Test func `gives the same nonce to no two texts whose context and text run together`() throws {
    #expect(try seal([2, 3], context: [1]).prefix(12) != seal([3], context: [1, 2]).prefix(12))
  }

  @Test func `refuses a changed byte anywhere, another context and another key`() throws {
    let sealed = try seal([1, 2, 3], context: [3])
    for index in sealed.indices {
      var changed = sealed
      changed[index] ^= 1
      #expect(throws: CipherError(code: .notAuthentic)) { try open(changed, context: [3]) }
    }
    #expect(throws: CipherError(code: .notAuthentic)) { try open(sealed, context: [4]) }
    #expect(throws: CipherError(code: .notAuthentic)) { try open([], context: [3]) }
    #expect(throws: CipherError(code: .notAuthentic)) { try open(sealed, context: [3], seed: 2) }
  }
}
