import Bytes

/// The primitives against answers that standards publish: what a process tries before it protects anything.
///
/// It finds a library that was replaced or built wrongly. It is no validation (FIPS 140-3 wants such tests of a module, and
/// a module with them still has to be validated).
package enum KnownAnswers {
  /// One primitive, and whether it gives the answer.
  package struct Test: Sendable {
    /// The primitive, as `Docs/cryptography.md` names it.
    package let name: String
    /// Whether it gives the answer, and refuses what it has to refuse.
    package let passes: @Sendable () -> Bool

    /// A test.
    package init(_ name: String, passes: @escaping @Sendable () -> Bool) {
      self.name = name
      self.passes = passes
    }
  }

  /// The tests of everything that Cordon builds on, apart from what age files alone need.
  package static let all = [
    Test("SHA-256") { digest.bytes == answer("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad") },
    Test("HMAC-SHA256") { hmac == answer("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843") },
    Test("HKDF-SHA256") {
      derived
        == answer("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865")
    },
    Test("AES-256-GCM", passes: gcm),
    Test("AES key wrap", passes: wrapping),
    Test("AES key wrap with padding", passes: paddedWrapping),
    Test("FF1", passes: formatPreserving),
    Test("Ed25519", passes: signing),
  ]

  /// The first primitive that does not give its answer; nil when all do.
  package static func firstFailure(of tests: [Test] = all) -> String? { tests.first { !$0.passes() }?.name }

  // FIPS 180-4, appendix B.1 (of FIPS 180-2).
  private static var digest: Digest { Digest(hashing: Array("abc".utf8).span) }

  // RFC 4231, test case 2.
  private static var hmac: [UInt8] {
    Digest(authenticating: Array("what do ya want for nothing?".utf8), key: key("4a656665")).bytes
  }

  // RFC 5869, test case 1.
  private static var derived: [UInt8] {
    let secret = key(String(repeating: "0b", count: 22))
    return bytes(
      secret.derived(for: answer("f0f1f2f3f4f5f6f7f8f9"), salt: answer("000102030405060708090a0b0c"), count: 42))
  }

  // McGrew and Viega, "The Galois/Counter Mode of Operation", test case 14.
  private static func gcm() -> Bool {
    let zeros = key(String(repeating: "00", count: 32))
    var sealed: [UInt8] = []
    let text = [UInt8](repeating: 0, count: 16)
    guard (try? GCM.seal(text.span, key: zeros, nonce: .zero, context: [], into: &sealed)) != nil,
      Array(sealed.dropFirst(12)) == answer("cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"),
      (try? GCM.open(sealed.span, key: zeros, context: [])) == text
    else { return false }
    sealed[27] ^= 1
    return (try? GCM.open(sealed.span, key: zeros, context: [])) == nil
  }

  // RFC 3394, section 4.6.
  private static func wrapping() -> Bool {
    let wrapping = key("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")
    let wrapped = answer(
      "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21")
    let secret = key("00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f")
    guard (try? KeyWrapping.wrap(secret, under: wrapping)) == wrapped else { return false }
    var changed = wrapped
    changed[0] ^= 1
    return !opens(changed, wrapping) && opens(wrapped, wrapping)
  }

  private static func opens(_ wrapped: [UInt8], _ wrapping: borrowing SecretBytes) -> Bool {
    do {
      _ = try KeyWrapping.unwrap(wrapped.span, under: wrapping)
      return true
    } catch {
      return false
    }
  }

  // RFC 5649, section 6, the first example.
  private static func paddedWrapping() -> Bool {
    let wrapping = key("5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8")
    let secret = key("c37b7e6492584340bed12207808941155068f738")
    return (try? KeyWrapping.wrapPadded(secret, under: wrapping))
      == answer("138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a")
  }

  // NIST's samples for SP 800-38G, FF1, sample 1.
  private static func formatPreserving() -> Bool {
    let numerals: [UInt8] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    do {
      let cipher = try FF1(key: key("2b7e151628aed2a6abf7158809cf4f3c"), radix: 10)
      let encrypted = try cipher.encrypt(numerals)
      return try encrypted == [2, 4, 3, 3, 4, 7, 7, 4, 8, 4] && cipher.decrypt(encrypted) == numerals
    } catch {
      return false
    }
  }

  // RFC 8032, section 7.1, test 1.
  private static func signing() -> Bool {
    do {
      let pair = try SigningKey(seed: key("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
      let published = try VerificationKey(
        answer("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a").span)
      let empty: [UInt8] = []
      let answer = answer(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
      )
      guard let signature = Signature(answer.span), pair.verificationKey == published else { return false }
      let other: [UInt8] = [0]
      return try pair.verificationKey.accepts(pair.sign(empty.span), of: empty.span)
        && published.accepts(signature, of: empty.span) && !published.accepts(signature, of: other.span)
    } catch {
      return false
    }
  }

  private static func key(_ hexadecimal: String) -> SecretBytes {
    var bytes = answer(hexadecimal)
    return SecretBytes(taking: &bytes)
  }

  private static func bytes(_ secret: borrowing SecretBytes) -> [UInt8] {
    secret.withBytes { [UInt8](copying: $0) }
  }

  private static func answer(_ hexadecimal: String) -> [UInt8] { Hex.decode(hexadecimal) ?? [] }
}
