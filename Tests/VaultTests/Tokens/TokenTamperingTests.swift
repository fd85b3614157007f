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

  @Test func `finds a scope whose policy was loosened in the file`() async throws {
    let bench = try await TokenBench(.dual)
    let token = try await bench.issue("Maria Gonzalez")[0]
    try change(bench, "UPDATE scope SET policy = 'single'")
    #expect(await refusal { _ = try await reveal(bench, token) } == .notAuthentic)
    #expect(await refusal { _ = try await bench.issue("Thaddeus Quill") } == .notAuthentic)
  }
}
