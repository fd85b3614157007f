import Bytes
import Ciphers
import TestKit
import Testing

struct KeyWrappingTests {
  private static let longest = "00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F"
  private static let wrapping256 = "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F"
  private static let wrapping192 = String(wrapping256.prefix(48))

  /// RFC 3394, section 4.
  static let vectors = [
    Vector(
      id: "rfc3394-4.1", comment: "128 bits of key under 128", flags: [.shortest], key: String(wrapping256.prefix(32)),
      message: String(longest.prefix(32)), result: "1FA68B0A8112B447 AEF34BD8FB5A7B82 9D3E862371D2CFE5"),
    Vector(
      id: "rfc3394-4.2", comment: "128 bits of key under 192", key: wrapping192,
      message: String(longest.prefix(32)), result: "96778B25AE6CA435 F92B5B97C050AED2 468AB8A17AD84E5D"),
    Vector(
      id: "rfc3394-4.3", comment: "128 bits of key under 256", key: wrapping256,
      message: String(longest.prefix(32)), result: "64E8C3F9CE0F5BA2 63E9777905818A2A 93C8191E7D6E8AE7"),
    Vector(
      id: "rfc3394-4.4", comment: "192 bits of key under 192", key: wrapping192, message: String(longest.prefix(48)),
      result: "031D33264E15D332 68F24EC260743EDC E1C6C7DDEE725A93 6BA814915C6762D2"),
    Vector(
      id: "rfc3394-4.5", comment: "192 bits of key under 256", key: wrapping256, message: String(longest.prefix(48)),
      result: "A8F9BC1612C68B3F F6E6F4FBE30E71E4 769C8B80A32CB895 8CD5D17D6B254DA1"),
    Vector(
      id: "rfc3394-4.6", comment: "256 bits of key under 256", key: wrapping256, message: longest,
      result: "28C9F404C4B810F4 CBCCB35CFB87F826 3F5786E2D80ED326 CBC7F0E71A99F43B FB988B9B7A02DD21"),
  ]

  /// RFC 5649, section 6.
  static let paddedVectors = [
    Vector(
      id: "rfc5649-6.1", comment: "20 bytes under 192 bits", flags: [.padded],
      key: "5840df6e29b02af1 ab493b705bf16ea1 ae8338f4dcc176a8",
      message: "c37b7e6492584340 bed1220780894115 5068f738",
      result: "138bdeaa9b8fa7fc 61f97742e72248ee 5ae6ae5360d1ae6a 5f54f373fa543b6a"),
    Vector(
      id: "rfc5649-6.2", comment: "7 bytes under 192 bits: one block", flags: [.padded, .shortest],
      key: "5840df6e29b02af1 ab493b705bf16ea1 ae8338f4dcc176a8", message: "466f7250617369",
      result: "afbeb0f07dfbf541 9200f2ccb50bb24f"),
  ]

  @Test(arguments: vectors) func `wraps and unwraps as RFC 3394 publishes`(_ vector: Vector) throws {
    let wrapping = try secret(vector.key)
    let key = try secret(vector.message)
    let wrapped = try bytes(vector.result)
    #expect(try KeyWrapping.wrap(key, under: wrapping) == wrapped)
    #expect(try KeyWrapping.unwrap(wrapped.span, under: wrapping).revealed == key.revealed)
  }

  @Test(arguments: paddedVectors) func `wraps and unwraps as RFC 5649 publishes`(_ vector: Vector) throws {
    let wrapping = try secret(vector.key)
    let key = try secret(vector.message)
    let wrapped = try bytes(vector.result)
    #expect(try KeyWrapping.wrapPadded(key, under: wrapping) == wrapped)
    #expect(try KeyWrapping.unwrapPadded(wrapped.span, under: wrapping).revealed == key.revealed)
  }

  @Test func `unwraps what it padded, of every length to 70, and no changed byte of it`() throws {
    let wrapping = try secret(Self.wrapping256)
    for count in 1...70 {
      var key = (0..<count).map { UInt8($0) }
      let secret = SecretBytes(taking: &key)
      let wrapped = try KeyWrapping.wrapPadded(secret, under: wrapping)
      #expect(wrapped.count == (count + 7) / 8 * 8 + 8)
      #expect(try KeyWrapping.unwrapPadded(wrapped.span, under: wrapping).revealed == secret.revealed)
      for index in wrapped.indices {
        var changed = wrapped
        changed[index] ^= 1
        #expect(throws: CipherError(code: .notAuthentic)) {
          _ = try KeyWrapping.unwrapPadded(changed.span, under: wrapping)
        }
      }
    }
  }

  @Test(arguments: vectors) func `refuses a changed byte and another key`(_ vector: Vector) throws {
    let wrapping = try secret(vector.key)
    let wrapped = try bytes(vector.result)
    for index in wrapped.indices {
      var changed = wrapped
      changed[index] ^= 0x80
      #expect(throws: CipherError(code: .notAuthentic)) {
        _ = try KeyWrapping.unwrap(changed.span, under: wrapping)
      }
    }
    let other = try secret(String(vector.key.reversed()))
    #expect(throws: CipherError(code: .notAuthentic)) { _ = try KeyWrapping.unwrap(wrapped.span, under: other) }
  }

  @Test(arguments: [0, 1, 8, 15, 17, 31]) func `refuses to wrap by RFC 3394 what is too short or no whole blocks`(
    _ count: Int
  ) throws {
    var key = [UInt8](repeating: 1, count: count)
    let secret = SecretBytes(taking: &key)
    let wrapping = try CiphersTests.secret(Self.wrapping256)
    #expect(throws: CipherError(code: .invalidKey)) { try KeyWrapping.wrap(secret, under: wrapping) }
    let nothing = [UInt8](repeating: 1, count: count)
    #expect(throws: CipherError(code: .notAuthentic)) { _ = try KeyWrapping.unwrap(nothing.span, under: wrapping) }
  }

  @Test(arguments: [0, 15, 33]) func `refuses wrapping keys of other lengths`(_ count: Int) throws {
    var key = [UInt8](repeating: 1, count: count)
    let wrapping = SecretBytes(taking: &key)
    let secret = try secret(Self.longest)
    let wrapped = [UInt8](repeating: 0, count: 40)
    #expect(throws: CipherError(code: .invalidKey)) { try KeyWrapping.wrap(secret, under: wrapping) }
    #expect(throws: CipherError(code: .invalidKey)) { try KeyWrapping.wrapPadded(secret, under: wrapping) }
    #expect(throws: CipherError(code: .invalidKey)) { _ = try KeyWrapping.unwrap(wrapped.span, under: wrapping) }
    #expect(throws: CipherError(code: .invalidKey)) { _ = try KeyWrapping.unwrapPadded(wrapped.span, under: wrapping) }
  }

  @Test(arguments: [0, 1, 2, 5, 1_000], [1, 2, 3])
  func `rewraps many keys as it rewraps each`(count: Int, cores: Int) async throws {
    var random = SeededGenerator(seed: 3394)
    let old = SecretBytes(count: 32, using: &random)
    let new = SecretBytes(count: 32, using: &random)
    var (before, after): ([UInt8], [UInt8]) = ([], [])
    for _ in 0..<count {
      let key = SecretBytes(count: 32, using: &random)
      before += try KeyWrapping.wrap(key, under: old)
      after += try KeyWrapping.wrap(key, under: new)
    }
    #expect(try await KeyWrapping.rewrap(before, from: old, to: new, cores: cores) == after)
  }

  @Test func `rewraps none of many keys when one is not authentic`() async throws {
    var random = SeededGenerator(seed: 3394)
    let old = SecretBytes(count: 32, using: &random)
    let new = SecretBytes(count: 32, using: &random)
    var wrapped: [UInt8] = []
    for _ in 0..<9 { wrapped += try KeyWrapping.wrap(SecretBytes(count: 32, using: &random), under: old) }
    for place in [0, 5 * 40 + 3, wrapped.count - 1] {
      var changed = wrapped
      changed[place] ^= 1
      await #expect(throws: CipherError(code: .notAuthentic)) {
        try await KeyWrapping.rewrap(changed, from: old, to: new)
      }
    }
    let short = Array(wrapped.dropLast())
    await #expect(throws: CipherError(code: .notAuthentic)) {
      try await KeyWrapping.rewrap(short, from: old, to: new)
    }
  }
}
