import Ciphers
import GRDB
import Storage
import TestKit
import Testing
import Vault

struct TokenTamperingTests {
  private func reveal(_ bench: TokenBench, _ token: Token) async throws -> [UInt8] {
    try await bench.tokens.reveal(
      token, in: bench.scope, for: .treatment, by: bench.key("rosa"), recording: bench.record
    ).spelling
  }

  private func change(_ bench: TokenBench, _ sql: String) throws {
    try DatabaseQueue(path: "\(bench.folder.path)/vault/tokens.sqlite").write { try $0.execute(sql: sql) }
  }

  @Test func `finds the values of two tokens exchanged in the file`() async throws {
    let bench = try await TokenBench(.single)
    let tokens = try await bench.issue("Maria Gonzalez", "Thaddeus Quill")
    try change(
      bench,
      """
      CREATE TEMP TABLE other AS SELECT code, value FROM token;
      UPDATE token SET value = (SELECT value FROM other WHERE other.code <> token.code);
      """)
    #expect(await refusal { _ = try await reveal(bench, tokens[0]) } == .notAuthentic)
    #expect(bench.events.last?.token?.refusal == .damaged)
  }

  @Test func `finds the look-ups of two tokens exchanged in the file`() async throws {
    let bench = try await TokenBench(.single)
    let tokens = try await bench.issue("Maria Gonzalez", "Thaddeus Quill")
    #expect(try await bench.issue("Maria Gonzalez", "Thaddeus Quill") == tokens)
    try change(
      bench,
      """
      CREATE TEMP TABLE other AS SELECT code, lookup FROM token;
      UPDATE token SET lookup = randomblob(16);
      UPDATE token SET lookup = (SELECT lookup FROM other WHERE other.code <> token.code);
      """)
    // Maria's texts would get Thaddeus' token, and it would lead back to him.
    #expect(await refusal { _ = try await bench.issue("Maria Gonzalez") } == .altered(.tokens))
    #expect(await refusal { _ = try await reveal(bench, tokens[0]) } == .notAuthentic)
    #expect(bench.events.last?.token?.refusal == .damaged)
  }

  /// Each says to the program that the key of a scope in use was destroyed.
  @Test(arguments: [
    "subject = x'TAG'", "subject = x'TAG', name = 'gone'", "subject = x'TAG', code = NULL, bound = 0",
    "subject = x'TAG', name = 'gone', code = NULL, bound = 0", "disposed = 1, code = NULL",
    "key = NULL, commitment = NULL, subject = x'TAG', name = 'gone'",
  ])
  func `disposes of no scope because its row says that its key was destroyed`(_ what: String) async throws {
    let bench = try await TokenBench(.single)
    let tokens = try await bench.issue("Maria Gonzalez", "Thaddeus Quill")
    let other = SubjectReference(.patient, "http://hospital.example/mrn|48151623")
    let gone = try await bench.vault.withSubject(other, create: true) { key in Vault.subjectTag(key) }
    _ = try await bench.administration().reapply(shreds: [gone])
    try change(bench, "UPDATE scope SET \(what.replacing("TAG", with: gone.description))")
    if !what.contains("disposed") {
      #expect(await refusal { _ = try await bench.tokens.disposeOfShredded() } == .altered(.tokens))
    } else {
      #expect(await refusal { _ = try await bench.issue("Maria Gonzalez") } != nil)
    }
    let left = try await DatabaseQueue(path: "\(bench.folder.path)/vault/tokens.sqlite").read {
      try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM token")
    }
    #expect(left == tokens.count)
  }

  @Test func `finds a scope whose policy was loosened in the file`() async throws {
    let bench = try await TokenBench(.dual)
    let token = try await bench.issue("Maria Gonzalez")[0]
    try change(bench, "UPDATE scope SET policy = 'single'")
    #expect(await refusal { _ = try await reveal(bench, token) } == .notAuthentic)
    #expect(await refusal { _ = try await bench.issue("Thaddeus Quill") } == .notAuthentic)
  }

  /// Each has the program act as somebody else wants, or not look where it should.
  @Test(arguments: [
    "CREATE TRIGGER t AFTER INSERT ON token BEGIN DELETE FROM token; END", "CREATE VIEW v AS SELECT * FROM token",
    "CREATE TABLE z (code BLOB PRIMARY KEY)", "DROP INDEX token_by_code", "ALTER TABLE token ADD COLUMN more TEXT",
    """
    PRAGMA writable_schema = ON;
    UPDATE sqlite_schema SET sql = 'CREATE INDEX token_by_code ON token (scope, code)' WHERE name = 'token_by_code'
    """,
  ])
  func `a file that is made of anything else is neither opened nor used`(_ what: String) async throws {
    let bench = try await TokenBench(.single)
    let token = try await bench.issue("Maria Gonzalez")[0]
    try change(bench, what)
    #expect(await refusal { _ = try await bench.issue("Thaddeus Quill") } == .altered(.tokens))
    #expect(await refusal { _ = try await reveal(bench, token) } == .altered(.tokens))
    #expect(await refusal { _ = try await bench.tokens.disposeOfShredded() } == .altered(.tokens))
    #expect(throws: VaultError(.altered(.tokens))) { try TokenVault(bench.vault) }
  }

  @Test func `a step of the schema is not taken in a file that is made of anything else`() async throws {
    let bench = try await TokenBench(.single)
    try change(
      bench,
      """
      DROP TABLE token; ALTER TABLE scope DROP COLUMN code; ALTER TABLE scope DROP COLUMN bound;
      DELETE FROM migration WHERE name = 'tokens 2';
      CREATE TRIGGER t AFTER INSERT ON migration BEGIN DELETE FROM scope; END;
      """)
    #expect(throws: VaultError(.altered(.tokens))) { try TokenVault(bench.vault) }
    let left = try await DatabaseQueue(path: "\(bench.folder.path)/vault/tokens.sqlite").read {
      try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM scope")
    }
    #expect(left == 1)
  }
}
