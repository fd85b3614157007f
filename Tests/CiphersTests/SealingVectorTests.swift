import Bytes
import Ciphers
import Testing

/// What every signature and every sealed text rests on, held against the vectors of its standard.
struct SignatureVectorTests {
  /// RFC 8032, section 7.1; the result is public key and signature.
  static let vectors = [
    Vector(
      id: "rfc8032-7.1-1", comment: "nothing", flags: [.emptyMessage],
      key: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", message: "",
      result:
        """
        d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a
        e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595b
        be24655141438e7a100b
        """),
    Vector(
      id: "rfc8032-7.1-2", comment: "one byte", flags: [.shortest],
      key: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", message: "72",
      result:
        """
        3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c
        92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb430
        2aeeb00d291612bb0c00
        """),
    Vector(
      id: "rfc8032-7.1-3", comment: "two bytes",
      key: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", message: "af82",
      result:
        """
        fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025
        6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716e
        d28dc027beceea1ec40a
        """),
  ]

  @Test(arguments: vectors) func `signs as RFC 8032 publishes, and accepts no changed signature or message`(
    _ vector: Vector
  ) throws {
    let key = try SigningKey(seed: secret(vector.key))
    let (message, result) = (try bytes(vector.message), try bytes(vector.result))
    let verifier = try VerificationKey(result.span.extracting(..<32))
    let signature = Array(result[32...])
    #expect(key.verificationKey == verifier)
    let made = try key.sign(message.span)
    #expect(made.bytes == signature)
    func accepts(_ signature: [UInt8], _ message: [UInt8]) -> Bool {
      Signature(signature.span).map { verifier.accepts($0, of: message.span) } ?? false
    }
    #expect(accepts(signature, message))
    #expect(!accepts(signature, message + [0]))
    for index in signature.indices {
      var changed = signature
      changed[index] ^= 1
      #expect(!accepts(changed, message))
    }
  }
}

/// AES-256-GCM as `SubjectKey` composes it: the ciphertext is what any other AES-GCM computes.
struct SubjectKeyVectorTests {
  /// Computed with the `cryptography` package of Python from RFC 5869, SP 800-38D and RFC 2104, for the secret
  /// 00 01 … 1f, the context `entry 7`, the nonce 00 01 … 0b and the text `Doe, Jane`.
  @Test func `seals as another implementation of the standards does`() throws {
    struct Counting: RandomNumberGenerator {
      var byte: UInt64 = 0
      mutating func next() -> UInt64 {
        defer { byte += 8 }
        return (0..<8).reduce(0) { $0 | (byte + $1) << (8 * $1) }
      }
    }
    var nonce = Counting()
    let key = try SubjectKey(
      secret: secret("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"))
    let text = Array("Doe, Jane".utf8)
    let part = try key.seal(text.span, context: Array("entry 7".utf8), using: &nonce)
    #expect(Hex.encode(part.bytes) == "01000102030405060708090a0b8a4ade5589defcc91c78f158873a2c716597eb9d864393577f")
    #expect(part.commitment.description == "841ee96314d3189c90e511b6d05fa048e7fbd8554ea23aa570332fe78f0a4ab3")
    #expect(
      key.tag("name", text.span).description == "6c80a30aca0da715c529f0ff2cca2a642f3ac05fcd716c2d61d6fe83e14fbd97")
  }
}
