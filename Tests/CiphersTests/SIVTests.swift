import Ciphers
import TestKit
import Testing

struct SIVTests {
  /// RFC 5297, appendix A; contexts are the associated data and, in the second, the nonce.
  static let vectors = [
    Vector(
      id: "rfc5297-a.1", comment: "deterministic", flags: [.shortest],
      key: "fffefdfc fbfaf9f8 f7f6f5f4 f3f2f1f0 f0f1f2f3 f4f5f6f7 f8f9fafb fcfdfeff",
      contexts: ["10111213 14151617 18191a1b 1c1d1e1f 20212223 24252627"],
      message: "11223344 55667788 99aabbcc ddee",
      result: "85632d07 c6e8f37f 950acd32 0a2ecc93 40c02b96 90c4dc04 daef7f6a fe5c"),
    Vector(
      id: "rfc5297-a.2", comment: "with a nonce", flags: [.longMessage],
      key: "7f7e7d7c 7b7a7978 77767574 73727170 40414243 44454647 48494a4b 4c4d4e4f",
      contexts: [
        "00112233 44556677 8899aabb ccddeeff deaddada deaddada ffeeddcc bbaa9988 77665544 33221100",
        "10203040 50607080 90a0", "09f91102 9d74e35b d84156c5 635688c0",
      ],
      message:
        "74686973 20697320 736f6d65 20706c61 696e7465 78742074 6f20656e 63727970 74207573 696e6720 5349562d 414553",
      result:
        """
        7bdb6e3b 432667eb 06f4d14b ff2fbd0f cb900f2f ddbe4043 26601965 c889bf17 dba77ceb 094fa663 b7a3f748 ba8af829
        ea64ad54 4a272e9c 485b62a3 fd5c0d
        """),
  ]

  @Test(arguments: vectors) func `seals and opens as RFC 5297 publishes`(_ vector: Vector) throws {
    let cipher = try SIV(key: secret(vector.key))
    let (text, sealed) = (try bytes(vector.message), try bytes(vector.result))
    let contexts = try vector.contexts.map(bytes)
    #expect(try cipher.seal(text.span, contexts: contexts) == sealed)
    #expect(try cipher.open(sealed.span, contexts: contexts) == text)
  }

  @Test(arguments: vectors) func `refuses a changed byte, other contexts and another key`(_ vector: Vector) throws {
    let cipher = try SIV(key: secret(vector.key))
    let (sealed, contexts) = (try bytes(vector.result), try vector.contexts.map(bytes))
    for index in sealed.indices {
      var changed = sealed
      changed[index] ^= 1
      #expect(throws: CipherError(code: .notAuthentic)) { try cipher.open(changed.span, contexts: contexts) }
    }
    let cut = Array(sealed.dropLast())
    #expect(throws: CipherError(code: .notAuthentic)) { try cipher.open(cut.span, contexts: contexts) }
    #expect(throws: CipherError(code: .notAuthentic)) { try cipher.open(sealed.span, contexts: contexts + [[]]) }
    #expect(throws: CipherError(code: .notAuthentic)) { try cipher.open(sealed.span, contexts: contexts.dropLast()) }
    let other = try SIV(key: secret(String(vector.key.filter { $0 != " " }.reversed())))
    #expect(throws: CipherError(code: .notAuthentic)) { try other.open(sealed.span, contexts: contexts) }
  }

  @Test(arguments: [32, 48, 64], [0, 1, 15, 16, 17, 4096])
  func `opens what it sealed, the same each time`(keyLength: Int, textLength: Int) throws {
    var random = SeededGenerator(seed: 5297)
    let cipher = try SIV(key: SecretBytes(count: keyLength, using: &random))
    let text = [UInt8](randomCount: textLength, using: &random)
    let sealed = try cipher.seal(text.span, contexts: [[1], []])
    #expect(sealed.count == textLength + SIV.overhead)
    #expect(try cipher.seal(text.span, contexts: [[1], []]) == sealed)
    #expect(try cipher.open(sealed.span, contexts: [[1], []]) == text)
  }

  @Test(arguments: [0, 16, 31, 65]) func `refuses keys of other lengths`(_ count: Int) {
    #expect(throws: CipherError(code: .invalidKey)) {
      var key = [UInt8](repeating: 7, count: count)
      _ = try SIV(key: SecretBytes(taking: &key))
    }
  }
}
