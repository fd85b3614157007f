import Bytes
import Ciphers
import TestKit
import Testing

private func key(seed: UInt64 = 1) throws -> SubjectKey {
  var generator = SeededGenerator(seed: seed)
  return try SubjectKey(secret: SecretBytes(count: SubjectKey.secretByteCount, using: &generator))
}

struct SubjectKeyTests {
  private func seal(_ text: [UInt8], context: [UInt8], nonce seed: UInt64 = 9) throws -> SealedPart {
    var generator = SeededGenerator(seed: seed)
    return try key().seal(text.span, context: context, using: &generator)
  }

  @Test(arguments: [0, 1, 16, 200, 100_000]) func `opens what it sealed`(_ length: Int) throws {
    let text = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
    let part = try seal(text, context: [1, 2])
    #expect(part.bytes.count == length + SealedPart.overhead)
    #expect(part.bytes[0] == SealedPart.version)
    #expect(part.digest == Digest(hashing: part.bytes.span))
    #expect(try key().open(part, context: [1, 2]) == text)
  }

  @Test func `seals a text anew under each nonce`() throws {
    #expect(try seal([1], context: []) != seal([1], context: [], nonce: 10))
    #expect(try seal([1], context: []) == seal([1], context: []))
  }

  @Test func `reads back what was stored, and nothing of another form`() throws {
    let part = try seal([1, 2, 3], context: [1])
    let stored = try #require(SealedPart(bytes: part.bytes, commitment: part.commitment))
    #expect(stored == part)
    #expect(try key().open(stored, context: [1]) == [1, 2, 3])
    #expect(SealedPart(bytes: [2] + part.bytes.dropFirst(), commitment: part.commitment) == nil)
    #expect(SealedPart(bytes: Array(part.bytes.prefix(28)), commitment: part.commitment) == nil)
    #expect(SealedPart(bytes: [], commitment: part.commitment) == nil)
  }

  @Test func `refuses a changed byte anywhere, another context, another commitment and another key`() throws {
    let part = try seal([1, 2, 3], context: [1, 2])
    for index in part.bytes.indices.dropFirst() {
      var bytes = part.bytes
      bytes[index] ^= 1
      let changed = try #require(SealedPart(bytes: bytes, commitment: part.commitment))
      #expect(throws: CipherError(code: .notAuthentic)) { try key().open(changed, context: [1, 2]) }
    }
    #expect(throws: CipherError(code: .notAuthentic)) { try key().open(part, context: [1]) }
    #expect(throws: CipherError(code: .notAuthentic)) { try key().open(part, context: [2, 1]) }
    #expect(throws: CipherError(code: .notAuthentic)) { try key(seed: 2).open(part, context: [1, 2]) }
    let uncommitted = try #require(SealedPart(bytes: part.bytes, commitment: part.digest))
    #expect(throws: CipherError(code: .notAuthentic)) { try key().open(uncommitted, context: [1, 2]) }
  }

  @Test func `computes the commitment that anybody with the secret can compute`() throws {
    var generator = SeededGenerator(seed: 1)
    let secret = SecretBytes(count: 32, using: &generator)
    let part = try seal([5], context: [1, 2])
    let message = [0, 0, 0, 0, 0, 0, 0, 2, 1, 2] + part.digest.bytes
    #expect(
      part.commitment
        == Digest(authenticating: message, key: secret.derived(for: "cordon subject v1 commitment")))
  }

  @Test func `tags equal values of one field of one subject alike, and nothing else`() throws {
    let value = Array("219-09-9999".utf8)
    let (moved, shorter) = (Array("r219-09-9999".utf8), Array("219-09-999".utf8))
    let tag = try key().tag("member", value.span)
    #expect(try key().tag("member", value.span) == tag)
    #expect(try key(seed: 2).tag("member", value.span) != tag)
    #expect(try key().tag("membe", moved.span) != tag)
    #expect(try key().tag("member", shorter.span) != tag)
  }

  @Test(arguments: [0, 16, 31, 33, 64]) func `refuses a secret of another length`(_ length: Int) {
    #expect(throws: CipherError(code: .invalidKey)) {
      var bytes = [UInt8](repeating: 7, count: length)
      _ = try SubjectKey(secret: SecretBytes(taking: &bytes))
    }
  }
}

struct KeyedHashTests {
  struct Vector: Sendable, CustomTestStringConvertible {
    var id: Int
    var comment: String
    var key: [UInt8]
    var message: [UInt8]
    var code: String

    var testDescription: String { "\(id): \(comment)" }
  }

  /// RFC 4231, section 4, the SHA-256 codes.
  static let vectors = [
    Vector(
      id: 1, comment: "key of 20 bytes", key: [UInt8](repeating: 0x0B, count: 20), message: Array("Hi There".utf8),
      code: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    Vector(
      id: 2, comment: "key shorter than the code", key: Array("Jefe".utf8),
      message: Array("what do ya want for nothing?".utf8),
      code: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    Vector(
      id: 3, comment: "key and message longer than a code", key: [UInt8](repeating: 0xAA, count: 20),
      message: [UInt8](repeating: 0xDD, count: 50),
      code: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
    Vector(
      id: 6, comment: "key longer than a block", key: [UInt8](repeating: 0xAA, count: 131),
      message: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
      code: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
    Vector(
      id: 7, comment: "key and message longer than a block", key: [UInt8](repeating: 0xAA, count: 131),
      message: Array(
        ("This is a test using a larger than block-size key and a larger than block-size data. The key needs to "
          + "be hashed before being used by the HMAC algorithm.").utf8),
      code: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
  ]

  @Test(arguments: vectors) func `computes the published codes, whole and in pieces`(_ vector: Vector) throws {
    var bytes = vector.key
    let hash = KeyedHash(key: SecretBytes(taking: &bytes))
    let code = try #require(Digest(hexadecimal: vector.code))
    #expect(hash.hash(vector.message.span) == code)
    for split in 0...vector.message.count {
      var message = hash.begin()
      message.update(vector.message.span.extracting(..<split))
      message.update(vector.message.span.extracting(split...))
      #expect(message.finish() == code, "split at \(split)")
    }
  }
}
