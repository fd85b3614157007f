import Bytes
import Ciphers
import Testing

struct DigestTests {
  // FIPS 180-4 examples.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
  ])
  func `hashes the published examples`(_ text: String, _ digest: String) {
    let bytes = Array(text.utf8)
    let found = Digest(hashing: bytes.span)
    #expect(found.description == digest)
  }

  @Test func `gives the same digest in pieces as at once`() {
    let bytes = [UInt8](0...255)
    let whole = Digest(hashing: bytes.span)
    for cut in bytes.indices {
      var hash = Hashing()
      hash.update(bytes.span.extracting(0..<cut))
      hash.update(bytes.span.extracting(cut..<bytes.count))
      #expect(hash.finish() == whole)
    }
  }

  @Test func `reads its own hexadecimal and refuses other lengths`() {
    let bytes: [UInt8] = [1, 2]
    let digest = Digest(hashing: bytes.span)
    #expect(Digest(hexadecimal: digest.description) == digest)
    #expect(Digest(hexadecimal: String(digest.description.dropLast(2))) == nil)
  }

  // RFC 4231, test case 2.
  @Test func `authenticates by HMAC as published`() {
    var key = Array("Jefe".utf8)
    let secret = SecretBytes(taking: &key)
    #expect(key.isEmpty)
    let code = Digest(authenticating: Array("what do ya want for nothing?".utf8), key: secret)
    #expect(
      code.description == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
  }

  // RFC 5869, test case 1.
  @Test func `derives keys by HKDF as published`() throws {
    var input = [UInt8](repeating: 0x0B, count: 22)
    let secret = SecretBytes(taking: &input)
    let salt = try #require(Hex.decode("000102030405060708090a0b0c"))
    let info = try #require(Hex.decode("f0f1f2f3f4f5f6f7f8f9"))
    let derived = secret.derived(for: info, salt: salt, count: 42).withBytes { Hex.encode($0) }
    #expect(
      derived == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865")
  }

  @Test func `compares in constant time by value`() {
    func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool { equalInConstantTime(left.span, right.span) }
    #expect(equal([1, 2, 3], [1, 2, 3]))
    #expect(!equal([1, 2, 3], [1, 2, 4]))
    #expect(!equal([1, 2, 3], [1, 2]))
    #expect(equal([], []))
  }
}
