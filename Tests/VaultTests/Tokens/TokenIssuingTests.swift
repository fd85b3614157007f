import Foundation
import TestKit
import Testing
import Vault

struct TokenIssuingTests {
  @Test func `gives one value of one scope one token, in whatever batch and order it comes`() async throws {
    let bench = try await TokenBench()
    let first = try await bench.issue("Maria Gonzalez", "Thaddeus Quill", "Maria Gonzalez", "MARIA GONZALEZ")
    #expect(first.count == 4 && Set(first).count == 2)
    #expect(first[0] == first[2] && first[0] == first[3])
    #expect(try await bench.issue("Thaddeus Quill", "Siobhan Reilly", "Maria Gonzalez").indices == 0..<3)
    #expect(try await bench.issue("Thaddeus Quill", "Maria Gonzalez") == [first[1], first[0]])
    #expect(try bench.tokens.scope(bench.scope).tokens.values.reduce(0, +) == 3)
  }

  @Test func `gives another kind and another scope another token`() async throws {
    let bench = try await TokenBench()
    let copd = try #require(ScopeName("copd"))
    try await bench.tokens.create(copd)
    let tokens = [
      try await bench.issue("123456", as: "MRN")[0], try await bench.issue("123456", as: "ACCOUNT")[0],
      try await bench.tokens.issuer(for: copd).issue([TokenValue("MRN", "123456")])[0],
    ]
    #expect(Set(tokens.map(\.code)).count == 3)
  }

  @Test func `writes the kind and sixteen consonants, each as likely as the others`() async throws {
    let bench = try await TokenBench()
    let values = (0..<2_000).map { TokenValue("MRN", "\(100_000 + $0)") }
    let tokens = try await bench.tokens.issuer(for: bench.scope).issue(values)
    var counts: [Character: Int] = [:]
    for token in tokens {
      #expect(token.description.hasPrefix("MRN_") && Token(token.description) == token)
      for letter in token.code { counts[letter, default: 0] += 1 }
    }
    // 32,000 letters, 1,600 of each expected, standard deviation 39: seven of them either way.
    #expect(counts.count == 20 && counts.values.allSatisfy { (1_327...1_873).contains($0) }, "\(counts)")
  }

  @Test func `agrees with another process that met the values at the same time`() async throws {
    let bench = try await TokenBench()
    let other = try TokenVault(bench.vault)
    let values = (0..<500).map { TokenValue("NAME", "Person \($0)") }
    let (left, right) = (
      try await bench.tokens.issuer(for: bench.scope), try await other.issuer(for: bench.scope)
    )
    async let ours = Task.detached { try left.issue(values) }.value
    async let theirs = Task.detached { try right.issue(values.reversed()) }.value
    let (mine, yours) = try await (ours, theirs)
    #expect(mine == yours.reversed() && Set(mine).count == values.count)
  }

  @Test func `issues nothing while the vault is locked`() async throws {
    let bench = try await TokenBench()
    let issuer = try await bench.tokens.issuer(for: bench.scope)
    await bench.vault.lock(by: "ada")
    #expect(await refusal { _ = try issuer.issue([TokenValue("NAME", "Maria Gonzalez")]) } == .locked)
    #expect(await refusal { _ = try await bench.issue("Maria Gonzalez") } == .locked)
  }

  @Test func `makes a scope once, and issues in none that there is not`() async throws {
    let bench = try await TokenBench()
    #expect(await refusal { try await bench.tokens.create(bench.scope) } == .exists)
    let missing = try #require(ScopeName("missing"))
    #expect(await refusal { _ = try await bench.tokens.issuer(for: missing) } == .missing)
  }

  @Test func `lists tokens and kinds, and keeps no value in any file`() async throws {
    let bench = try await TokenBench(.single)
    let names = ["Canaria Quetzalcoatl", "Zebulon Pike-Xanthe"]
    let issued = try await bench.issue(names[0], names[1]) + bench.issue("CNRY-00514672", as: "MRN")
    #expect(Set(try bench.tokens.tokens(in: bench.scope)) == Set(issued))
    let note = "asked by Dr. Canaria on the telephone"
    _ = try await bench.tokens.reveal(
      issued[0], in: bench.scope, for: .treatment, note: note, by: bench.key("rosa"), recording: bench.record)
    let canaries = ["Canaria", "canaria", "Zebulon", "CNRY", "cnry", "00514672", "telephone"]
    #expect(try found(canaries, below: bench.folder.path) == [:])
    #expect(try found(["asthma"], below: bench.folder.path) != [:], "the search looks into the files")
  }

  /// In which files which of the texts are, as they are, in hexadecimal or in base64.
  private func found(_ texts: [String], below folder: String) throws -> [String: String] {
    var found: [String: String] = [:]
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder)
    for name in names {
      guard let content = FileManager.default.contents(atPath: "\(folder)/\(name)") else { continue }
      for text in texts {
        let spellings = [
          Data(text.utf8), Data(text.utf8.map { String(format: "%02x", $0) }.joined().utf8),
          Data(Data(text.utf8).base64EncodedString().prefix(text.utf8.count / 3 * 4).utf8),
        ]
        if spellings.contains(where: { content.range(of: $0) != nil }) { found[name] = text }
      }
    }
    return found
  }
}
