import Ciphers
import Foundation
import GRDB
import Storage
import TestKit
import Testing

struct CanaryTests {
  private static let seed: UInt64 = 20_261_121
  private static let schema = Migration("people") { database in
    try database.execute(
      sql: """
        CREATE TABLE person (
          id INTEGER PRIMARY KEY, name BLOB NOT NULL, name_index BLOB NOT NULL, phone BLOB NOT NULL
        ) STRICT;
        CREATE INDEX person_by_name ON person (name_index)
        """)
  }

  /// The files of the folder that hold one of the words, in any case.
  private func leaks(of words: [String], in folder: String) throws -> [String] {
    var leaks: [String] = []
    for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
      let content = try Data(contentsOf: URL(filePath: "\(folder)/\(name)"))
      let lowered = Data(content.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 })
      let found = words.filter { lowered.range(of: Data($0.lowercased().utf8)) != nil }
      leaks += found.map { "\(name): \($0)" }
    }
    return leaks
  }

  @Test func `leaves no planted value in any file, while it works, after deletion and after compacting`() throws {
    let folder = try TemporaryFolder()
    var generator = SeededGenerator(seed: CanaryTests.seed)
    let cipher = try FieldCipher(secret: SecretBytes(count: 32, using: &generator), label: "canary")
    let store = try Store(path: "\(folder.path)/people.sqlite", migrations: [CanaryTests.schema])
    let letters = Array("abcdefghijklmnopqrstuvwxyz")
    var words: [String] = []
    for id in 1...300 as ClosedRange<Int64> {
      let name = "Quimby\(String((0..<9).map { _ in letters.randomElement(using: &generator) ?? "q" }))"
      let phone = "555-01\(Int.random(in: 10_000_000...99_999_999, using: &generator))"
      words += [name, phone]
      let sealedName = try cipher.seal(name, at: FieldPlace("person", "name", row: id), using: &generator)
      let sealedPhone = try cipher.seal(phone, at: FieldPlace("person", "phone", row: id), using: &generator)
      let index = cipher.index(name, in: FieldColumn("person", "name"), normalised: .words)
      try store.write { database in
        try database.execute(
          sql: "INSERT INTO person VALUES (?, ?, ?, ?)",
          arguments: [id, Data(sealedName), Data(index), Data(sealedPhone)])
      }
      if id == 150 { #expect(try leaks(of: words, in: folder.path) == [], "seed \(CanaryTests.seed)") }
    }
    try find(words[0], by: cipher, in: store)
    #expect(try leaks(of: words, in: folder.path) == [], "seed \(CanaryTests.seed)")

    let marks = try store.read { try Data.fetchAll($0, sql: "SELECT phone FROM person WHERE id <= 200") }
    try store.write { try $0.execute(sql: "DELETE FROM person WHERE id <= 200") }
    try store.flush()
    #expect(try leaks(of: words, in: folder.path) == [], "seed \(CanaryTests.seed)")
    #expect(try ciphertexts(marks, in: folder.path) == 0, "deleted ciphertexts stay in no file")
    try store.compact()
    try store.backUp(to: "\(folder.path)/copy.sqlite")
    #expect(try leaks(of: words, in: folder.path) == [], "seed \(CanaryTests.seed)")
    #expect(try ciphertexts(marks, in: folder.path) == 0)
  }

  private func find(_ name: String, by cipher: borrowing FieldCipher, in store: Store) throws {
    let index = cipher.index(" \(name.uppercased())\t", in: FieldColumn("person", "name"), normalised: .words)
    let row = try store.read { database in
      try Row.fetchOne(database, sql: "SELECT id, name FROM person WHERE name_index = ?", arguments: [Data(index)])
    }
    let found = try #require(row)
    let id: Int64 = found["id"]
    let sealed: Data = found["name"]
    #expect(try cipher.openText(Array(sealed), at: FieldPlace("person", "name", row: id)) == name)
  }

  /// How many of these ciphertexts are in a file of the folder.
  private func ciphertexts(_ ciphertexts: [Data], in folder: String) throws -> Int {
    let contents = try FileManager.default.contentsOfDirectory(atPath: folder).map {
      try Data(contentsOf: URL(filePath: "\(folder)/\($0)"))
    }
    return ciphertexts.count { ciphertext in contents.contains { $0.range(of: ciphertext) != nil } }
  }
}
