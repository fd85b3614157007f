import Bytes
import Ciphers
import TestKit
import Testing

/// The identity and recipient that the specification of age gives.
private let identityText = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
private let recipientText = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"

private let chunk = 65_536

struct AgeTests {
  private func text(_ count: Int) -> [UInt8] {
    var random = SeededGenerator(seed: 2)
    return [UInt8](randomCount: count, using: &random)
  }

  private func encrypt(_ text: [UInt8], to recipients: [String] = [recipientText], portion: Int = .max) throws
    -> [UInt8]
  {
    var random = SeededGenerator(seed: 3)
    var encryptor = try AgeEncryptor(to: recipients.map { try #require(AgeRecipient($0)) }, using: &random)
    var output: [UInt8] = []
    try inPortions(of: portion, text) { try encryptor.update($0.span, into: &output) }
    try encryptor.finish(into: &output)
    return output
  }

  private func decrypt(_ file: [UInt8], with identity: String = identityText, portion: Int = .max) throws -> [UInt8] {
    var decryptor = AgeDecryptor(with: try AgeIdentity(text: identity))
    var output: [UInt8] = []
    try inPortions(of: portion, file) { try decryptor.update($0.span, into: &output) }
    try decryptor.finish(into: &output)
    return output
  }

  private func passphrase(_ text: String, workFactor: Int = 4, largest: Int = 10) throws -> AgePassphrase {
    var bytes = Array(text.utf8)
    return try AgePassphrase(SecretBytes(taking: &bytes), workFactor: workFactor, largestWorkFactor: largest)
  }

  private func encrypt(_ text: [UInt8], under passphrase: consuming AgePassphrase) throws -> [UInt8] {
    var random = SeededGenerator(seed: 3)
    var encryptor = try AgeEncryptor(under: passphrase, using: &random)
    var output: [UInt8] = []
    try encryptor.update(text.span, into: &output)
    try encryptor.finish(into: &output)
    return output
  }

  private func decrypt(_ file: [UInt8], under passphrase: consuming AgePassphrase) throws -> [UInt8] {
    var decryptor = AgeDecryptor(with: passphrase)
    var output: [UInt8] = []
    try decryptor.update(file.span, into: &output)
    try decryptor.finish(into: &output)
    return output
  }

  @Test func `derives the recipient of the specification from its identity`() throws {
    let identity = try AgeIdentity(text: identityText)
    #expect(identity.recipient.description == recipientText)
    #expect(identity.revealingText() == identityText)
    #expect(AgeRecipient(recipientText) == identity.recipient)
  }

  @Test(arguments: [
    "", "age1", recipientText.uppercased(), String(recipientText.dropLast()), recipientText + "q",
    recipientText.replacing("k", with: "K"), "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwb",
    identityText,
  ])
  func `refuses text that is no recipient`(_ text: String) {
    #expect(AgeRecipient(text) == nil)
  }

  @Test(arguments: ["", identityText.lowercased(), String(identityText.dropLast()), recipientText])
  func `refuses text that is no identity`(_ text: String) {
    #expect(throws: CipherError(code: .invalidKey)) { _ = try AgeIdentity(text: text) }
  }

  @Test(arguments: [0, 1, chunk - 1, chunk, chunk + 1, 3 * chunk])
  func `decrypts what it encrypted, whatever the portions`(_ count: Int) throws {
    let text = text(count)
    let file = try encrypt(text)
    #expect(file.starts(with: "age-encryption.org/v1\n-> X25519 ".utf8))
    for portion in [777, chunk, chunk + 16, .max] {
      #expect(try encrypt(text, portion: portion) == file)
      #expect(try decrypt(file, portion: portion) == text)
    }
  }

  @Test func `decrypts a header that comes a byte at a time`() throws {
    #expect(try decrypt(encrypt([1, 2, 3]), portion: 1) == [1, 2, 3])
  }

  @Test func `opens for each of several recipients and for no other`() throws {
    var random = SeededGenerator(seed: 8)
    let first = try AgeIdentity(using: &random)
    let second = try AgeIdentity(using: &random)
    let file = try encrypt([1], to: [first.recipient.description, second.recipient.description])
    #expect(try decrypt(file, with: first.revealingText()) == [1])
    #expect(try decrypt(file, with: second.revealingText()) == [1])
    #expect(throws: CipherError(code: .noMatchingKey)) { try decrypt(file) }
    #expect(throws: CipherError(code: .noMatchingKey)) { try decrypt(file, under: passphrase("x")) }
  }

  @Test func `opens under the passphrase and no other`() throws {
    let file = try encrypt([1, 2], under: passphrase("correct horse"))
    #expect(file.starts(with: "age-encryption.org/v1\n-> scrypt ".utf8))
    #expect(try decrypt(file, under: passphrase("correct horse")) == [1, 2])
    #expect(throws: CipherError(code: .noMatchingKey)) { try decrypt(file, under: passphrase("correct house")) }
    #expect(throws: CipherError(code: .noMatchingKey)) { try decrypt(file) }
  }

  @Test func `refuses a file that asks for too much work, before doing any`() throws {
    let file = try encrypt([1], under: passphrase("x", workFactor: 5))
    #expect(throws: CipherError(code: .tooCostly)) { try decrypt(file, under: passphrase("x", largest: 4)) }
    for factor in ["11", "31", "64", "99999999999999999999"] {
      let costly = try edited(file) { $0.replacing(" 5\n", with: " \(factor)\n") }
      #expect(throws: CipherError(code: .tooCostly)) { try decrypt(costly, under: passphrase("x")) }
    }
    for factor in ["05", "0", "+5", "", "-1", "5 5", "0x5", "٥"] {
      let odd = try edited(file) { $0.replacing(" 5\n", with: " \(factor)\n") }
      #expect(throws: CipherError(code: .malformed)) { try decrypt(odd, under: passphrase("x")) }
    }
  }

  @Test func `refuses an empty passphrase`() {
    #expect(throws: CipherError(code: .invalidKey)) { _ = try passphrase("") }
  }

  @Test func `refuses a changed byte anywhere and an end anywhere`() throws {
    let file = try encrypt(text(20))
    for index in file.indices {
      var changed = file
      changed[index] ^= 1
      #expect(throws: CipherError.self) { try decrypt(changed) }
      #expect(throws: CipherError.self) { try decrypt(Array(file[..<index])) }
    }
    #expect(throws: CipherError(code: .notAuthentic)) { try decrypt(file + [0]) }
  }

  @Test func `refuses an end between chunks and an empty last chunk`() throws {
    let file = try encrypt(text(2 * chunk))
    #expect(throws: CipherError(code: .notAuthentic)) { try decrypt(Array(file.dropLast(chunk + 16))) }
    #expect(throws: CipherError(code: .notAuthentic)) { try decrypt(Array(file.dropLast(chunk))) }
  }

  struct Edit: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var code: CipherError.Code = .malformed
    var change: @Sendable (String) -> String
  }

  static let edits = [
    Edit(testDescription: "another version") { $0.replacing("/v1\n", with: "/v2\n") },
    Edit(testDescription: "line ends of DOS") { $0.replacing("\n", with: "\r\n") },
    Edit(testDescription: "no stanza") {
      "age-encryption.org/v1\n" + $0.drop { $0 != "-" }.drop(while: { $0 != "\n" })
    },
    Edit(testDescription: "two spaces") { $0.replacing("-> X25519 ", with: "-> X25519  ") },
    Edit(testDescription: "a space before the end of a line") { $0.replacing("-> X25519", with: "->  X25519") },
    Edit(testDescription: "another arrow") { $0.replacing("-> X", with: "=> X") },
    Edit(testDescription: "no argument") { $0.replacing("-> X25519", with: "-> \n-> X25519") },
    Edit(testDescription: "an argument more") { $0.replacing("-> X25519", with: "-> X25519 a") },
    Edit(testDescription: "a stanza without the short line that ends it") {
      $0.replacing("---", with: "-> other\n\(String(repeating: "A", count: 64))\n---")
    },
    Edit(testDescription: "a stanza with a long line") {
      $0.replacing("---", with: "-> other\n\(String(repeating: "A", count: 68))\n---")
    },
    Edit(testDescription: "padded base64") { $0.replacing("\n---", with: "=\n---") },
    Edit(testDescription: "a body that is not base64") { $0.replacing("---", with: "-> other\n!!\n---") },
    Edit(testDescription: "a body that is not canonical") { $0.replacing("---", with: "-> other\nAB\n---") },
    Edit(testDescription: "no space before the code") { $0.replacing("--- ", with: "---") },
    Edit(testDescription: "two spaces before the code") { $0.replacing("--- ", with: "---  ") },
    Edit(testDescription: "a passphrase beside a recipient") {
      $0.replacing("---", with: "-> scrypt AAAAAAAAAAAAAAAAAAAAAA 5\n\(String(repeating: "A", count: 43))\n---")
    },
    Edit(testDescription: "a stanza more", code: .notAuthentic) { $0.replacing("---", with: "-> other a b\n\n---") },
    Edit(testDescription: "a header without end", code: .tooCostly) {
      $0.replacing("---", with: String(repeating: "-> other\n\n", count: 7_000) + "---")
    },
  ]

  @Test(arguments: edits) func `refuses a header that the specification refuses`(_ edit: Edit) throws {
    let file = try edited(encrypt([1]), edit.change)
    #expect(throws: CipherError(code: edit.code)) { try decrypt(file) }
  }

  /// The points of order 1, 2, 4 and 8 of Curve25519 and their forms above the prime (RFC 7748, section 7).
  @Test(arguments: [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  ])
  func `refuses a share of low order`(_ point: String) throws {
    let share = Base64.encode(try bytes(point)).filter { $0 != "=" }
    let file = try edited(encrypt([1])) { header in
      var lines = header.split(separator: "\n", omittingEmptySubsequences: false)
      lines[1] = "-> X25519 \(share)"
      return lines.joined(separator: "\n")
    }
    #expect(throws: CipherError(code: .malformed)) { try decrypt(file) }
    let weak = try #require(AgeRecipient(bech32(point)))
    var random = SeededGenerator(seed: 1)
    #expect(throws: CipherError(code: .malformed)) { _ = try AgeEncryptor(to: [weak], using: &random) }
  }

  @Test func `refuses to encrypt to nobody`() {
    #expect(throws: CipherError(code: .invalidKey)) { try encrypt([1], to: []) }
  }

  /// The file with its header changed and its payload as it was.
  private func edited(_ file: [UInt8], _ change: (String) -> String) throws -> [UInt8] {
    let mark = Array("\n---".utf8)
    let start = try #require((0..<file.count - 4).first { file[$0..<$0 + 4].elementsEqual(mark) })
    let end = try #require(file[(start + 1)...].firstIndex(of: 0x0A)) + 1
    return Array(change(String(decoding: file[..<end], as: UTF8.self)).utf8) + file[end...]
  }

  /// The text of the recipient with these bytes, by the definition of BIP 173 over bits as a list.
  private func bech32(_ hexadecimal: String) throws -> String {
    let digits = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l")
    var bits = try bytes(hexadecimal).flatMap { byte in (0..<8).map { Int(byte >> (7 - UInt8($0)) & 1) } }
    while !bits.count.isMultiple(of: 5) { bits.append(0) }
    let values = stride(from: 0, to: bits.count, by: 5).map { bits[$0..<$0 + 5].reduce(0) { $0 * 2 + $1 } }
    let part = "age".unicodeScalars.map { Int($0.value) }
    var sum = 1
    for value in part.map({ $0 >> 5 }) + [0] + part.map({ $0 & 31 }) + values + [0, 0, 0, 0, 0, 0] {
      let top = sum >> 25
      sum = (sum & 0x1FF_FFFF) << 5 ^ value
      for (index, generator) in [0x3B6A_57B2, 0x2650_8E6D, 0x1EA1_19FA, 0x3D42_33DD, 0x2A14_62B3].enumerated()
      where top >> index & 1 == 1 { sum ^= generator }
    }
    sum ^= 1
    return "age1" + String((values + (0..<6).map { sum >> (5 * (5 - $0)) & 31 }).map { digits[$0] })
  }
}
