import Bytes
import Ciphers
import Storage
import TestKit
import Testing

struct FieldCipherTests {
  private static let place = FieldPlace("person", "name", row: 7)

  private static func cipher(_ label: String = "vault", seed: UInt64 = 1) throws -> FieldCipher {
    var generator = SeededGenerator(seed: seed)
    return try FieldCipher(secret: SecretBytes(count: 32, using: &generator), label: label)
  }

  @Test(arguments: ["", "a", "Marjorie Quimby", "Łucja Żółć", String(repeating: "long ", count: 5000)])
  func `opens what it sealed`(_ text: String) throws {
    var generator = SeededGenerator(seed: 2)
    let cipher = try FieldCipherTests.cipher()
    let sealed = try cipher.seal(text, at: FieldCipherTests.place, using: &generator)
    #expect(try cipher.openText(sealed, at: FieldCipherTests.place) == text)
    #expect(sealed.count == text.utf8.count + 45)
  }

  @Test(arguments: [
    FieldPlace("person", "name", row: 8), FieldPlace("person", "phone", row: 7), FieldPlace("ward", "name", row: 7),
    FieldPlace("personname", "", row: 7), FieldPlace("person", "name", row: "7"),
  ])
  func `opens in no other place`(_ other: FieldPlace) throws {
    var generator = SeededGenerator(seed: 2)
    let cipher = try FieldCipherTests.cipher()
    let sealed = try cipher.seal("Marjorie", at: FieldCipherTests.place, using: &generator)
    #expect(throws: StorageError(.notAuthentic)) { try cipher.open(sealed, at: other) }
  }

  @Test func `opens under no other label or secret`() throws {
    var generator = SeededGenerator(seed: 2)
    let sealed = try FieldCipherTests.cipher().seal("Marjorie", at: FieldCipherTests.place, using: &generator)
    for other in [("ledger", 1), ("vault", 2)] as [(String, UInt64)] {
      let cipher = try FieldCipherTests.cipher(other.0, seed: other.1)
      #expect(throws: StorageError(.notAuthentic)) { try cipher.open(sealed, at: FieldCipherTests.place) }
    }
  }

  @Test func `opens nothing that was changed or cut at any byte`() throws {
    var generator = SeededGenerator(seed: 2)
    let cipher = try FieldCipherTests.cipher()
    let sealed = try cipher.seal("Marjorie", at: FieldCipherTests.place, using: &generator)
    for index in sealed.indices {
      var changed = sealed
      changed[index] ^= 1
      #expect(throws: StorageError(.notAuthentic)) { try cipher.open(changed, at: FieldCipherTests.place) }
      #expect(throws: StorageError(.notAuthentic)) {
        try cipher.open(Array(sealed.prefix(index)), at: FieldCipherTests.place)
      }
    }
  }

  @Test func `seals one value differently each time`() throws {
    var generator = SeededGenerator(seed: 2)
    let cipher = try FieldCipherTests.cipher()
    let first = try cipher.seal("Marjorie", at: FieldCipherTests.place, using: &generator)
    #expect(try cipher.seal("Marjorie", at: FieldCipherTests.place, using: &generator) != first)
  }

  @Test func `refuses a short secret`() throws {
    var generator = SeededGenerator(seed: 2)
    let secret = SecretBytes(count: 31, using: &generator)
    #expect(throws: StorageError(.invalidKey)) { _ = try FieldCipher(secret: secret, label: "vault") }
  }

  @Test(arguments: [
    (Normalisation.exact, "Quimby", "Quimby", true), (.exact, "Quimby", "quimby", false),
    (.words, "  Marjorie\tQUIMBY ", "marjorie quimby", true), (.words, "Marjorie", "Marjorie Quimby", false),
    (.words, "caf\u{E9}", "CAFE\u{301}", true),
    (.number, "(555) 010-4477", "555.010.4477", true), (.number, "MRN 0042-A", "mrn0042a", true),
  ])
  func `indexes spellings alike that the normalisation makes alike`(
    _ normalisation: Normalisation, _ left: String, _ right: String, _ alike: Bool
  ) throws {
    let cipher = try FieldCipherTests.cipher()
    let column = FieldColumn("person", "name")
    let index = cipher.index(left, in: column, normalised: normalisation)
    #expect(index.count == FieldCipher.indexLength)
    #expect((cipher.index(right, in: column, normalised: normalisation) == index) == alike)
    #expect(cipher.index(left, in: FieldColumn("person", "phone"), normalised: normalisation) != index)
  }
}
