import GRDB
import TestKit
import Testing
import Vault

struct RevealTests {
  @Test(.proves("DID-09"))
  func `tells nothing by a token, and gives its value for a permission and a reason, into the log first`() async throws
  {
    let (bench, other) = (try await TokenBench(.single), try await TokenBench(.single))
    let names = (0..<200).map { TokenValue("NAME", "Person \($0)") }
    let tokens = try await bench.tokens.issuer(for: bench.scope).issue(names)
    let others = try await other.tokens.issuer(for: other.scope).issue(names)
    #expect(Set(tokens).count == names.count && Set(tokens).isDisjoint(with: others))
    #expect(Set(tokens.map(\.code.first)).count > 10, "no letter is the same throughout")

    for name in ["ada", "otto", "lena", "ute"] {
      #expect(
        await refusal {
          _ = try await bench.tokens.reveal(
            tokens[7], in: bench.scope, for: .treatment, by: bench.key(name), recording: bench.record)
        } == .forbidden)
    }
    #expect(RevealReason(rawValue: "") == nil && RevealReason(rawValue: "because") == nil)
    #expect(
      await refusal {
        _ = try await bench.tokens.reveal(
          tokens[7], in: bench.scope, for: .other, by: bench.key("rosa"), recording: bench.record)
      } == .malformed)
    #expect(bench.events.count == 5 && bench.events.allSatisfy { $0.name == .tokenRefused })

    let value = try await bench.tokens.reveal(
      tokens[7], in: bench.scope, for: .treatment, note: "call back", by: bench.key("rosa"), recording: bench.record)
    #expect(value.token == tokens[7] && value.spelling == Array("Person 7".utf8))
    let event = try #require(bench.events.last)
    #expect(event.name == .tokenRevealed && event.object == "asthma/\(tokens[7])")
    #expect(event.people == [try await bench.vault.pseudonym(of: "rosa")])
    #expect(event.token?.reason == .treatment && event.token?.refusal == nil && event.token?.note != nil)
    #expect(event.token?.kinds == [tokens[7].kind: 1])
  }

  @Test(.proves("DID-26"))
  func `refuses one person, and gives two people a single value with both in the log`() async throws {
    let bench = try await TokenBench(.dual)
    let tokens = try await bench.issue("Maria Gonzalez", "Thaddeus Quill")
    let one = await refusal {
      _ = try await bench.tokens.reveal(
        tokens[0], in: bench.scope, for: .safetyReport, by: bench.key("rosa"), recording: bench.record)
    }
    #expect(one == .proposal(.notYetApproved))

    let proposal = try await bench.tokens.proposeReveal(
      of: [tokens[0]], in: bench.scope, for: .safetyReport, note: "report 2026-114", by: bench.key("rosa"))
    let alone = await refusal {
      _ = try await bench.tokens.reveal([], approvedBy: proposal, by: bench.key("rosa"), recording: bench.record)
    }
    #expect(alone == .proposal(.notYetApproved))
    #expect(await refusal { try await bench.approve(proposal, by: "rosa") } == .proposal(.samePerson))
    #expect(await refusal { try await bench.approve(proposal, by: "lena") } == .proposal(.logAdministrator))
    #expect(try await bench.tokens.note(of: proposal, by: bench.key("otto")) == "report 2026-114")
    try await bench.approve(proposal, by: "otto")

    let values = try await bench.tokens.reveal(
      [], approvedBy: proposal, by: bench.key("rosa"), recording: bench.record)
    #expect(values.map(\.token) == [tokens[0]])
    #expect(values.map(\.spelling) == [Array("Maria Gonzalez".utf8)])
    let event = try #require(bench.events.last)
    #expect(event.name == .tokenRevealed && event.object == "asthma/\(tokens[0])")
    #expect(
      event.people == [try await bench.vault.pseudonym(of: "rosa"), try await bench.vault.pseudonym(of: "otto")])
    #expect(event.token?.reason == .safetyReport && event.token?.policy == .dual && event.token?.note != nil)
    #expect(bench.events.map(\.name) == [.tokenRefused, .tokenRefused, .tokenRevealed])
    #expect(bench.events.map(\.token?.refusal) == [.needsTwoPeople, .notAgreed, nil])

    let again = await refusal {
      _ = try await bench.tokens.reveal([], approvedBy: proposal, by: bench.key("rosa"), recording: bench.record)
    }
    #expect(again == .proposal(.alreadyDone), "an agreement is good for once")
  }

  @Test func `says how many values two people agreed to, and takes no other tokens`() async throws {
    let bench = try await TokenBench(.single)
    let tokens = try await bench.issue("Maria Gonzalez", "Thaddeus Quill") + bench.issue("TV-0051", as: "MRN")
    let proposal = try await bench.tokens.proposeReveal(
      of: Array(tokens[0...1]), in: bench.scope, for: .incident, by: bench.key("rosa"))
    let proposed = try #require(ProposedReveal(try bench.vault.state(of: proposal).proposal))
    #expect(proposed.count == 2 && proposed.kinds == "NAME=2" && proposed.token == nil)
    try await bench.approve(proposal, by: "raj")
    for wrong in [Array(tokens[1...2]), tokens, [tokens[0]], []] {
      let code = await refusal {
        _ = try await bench.tokens.reveal(wrong, approvedBy: proposal, by: bench.key("rosa"), recording: bench.record)
      }
      #expect(code == .proposal(.changed))
    }
    let stranger = await refusal {
      _ = try await bench.tokens.reveal(
        Array(tokens[0...1]), approvedBy: proposal, by: bench.key("raj"), recording: bench.record)
    }
    #expect(stranger == .forbidden, "who proposed it gets the values")
    let values = try await bench.tokens.reveal(
      Array(tokens[0...1]), approvedBy: proposal, by: bench.key("rosa"), recording: bench.record)
    #expect(Set(values.map { String(decoding: $0.spelling, as: UTF8.self) }) == ["Maria Gonzalez", "Thaddeus Quill"])
    let event = try #require(bench.events.last)
    #expect(event.name == .tokensRevealed && event.object == proposal && event.people.count == 2)
    #expect(event.token?.kinds == [tokens[0].kind: 2])
  }

  @Test func `one person turns back so many tokens of a scope in a day, and no more alone`() async throws {
    var settings = Vault.Settings()
    settings.revealsPerDay = 3
    let clock = TestClock()
    let bench = try await TokenBench(.single, settings: settings, clock: clock)
    let tokens = try await bench.issue("Ann", "Ben", "Cy", "Dee", "Eve")
    let copd = try #require(ScopeName("copd"))
    try await bench.tokens.create(copd, policy: .single)
    let other = try await bench.tokens.issuer(for: copd).issue([TokenValue("NAME", "Ann")])[0]
    func reveal(_ token: Token, _ name: String = "rosa", in scope: ScopeName? = nil) async -> VaultError.Code? {
      await refusal {
        _ = try await bench.tokens.reveal(
          token, in: scope ?? bench.scope, for: .treatment, by: bench.key(name), recording: bench.record)
      }
    }
    for token in tokens.prefix(3) { #expect(await reveal(token) == nil) }
    for token in tokens { #expect(await reveal(token) == .proposal(.notYetApproved)) }
    #expect(bench.events.last?.token?.refusal == .tooMany)
    #expect(await reveal(other, in: copd) == nil)
    #expect(await reveal(tokens[3], "raj") == nil)
    // The count is not for those who write to the file.
    clock.advance(days: 1)
    for token in tokens.prefix(3) { #expect(await reveal(token) == nil) }
    #expect(await reveal(tokens[3]) == .proposal(.notYetApproved))
    try await DatabaseQueue(path: "\(bench.folder.path)/vault/vault.sqlite").write {
      try $0.execute(sql: "DELETE FROM fact WHERE name LIKE 'reveals%'")
    }
    #expect(await reveal(tokens[3]) == .altered(.vault))
  }

  @Test func `gives no value when the log does not take the event`() async throws {
    struct Full: Error {}
    let bench = try await TokenBench(.single)
    let token = try await bench.issue("Maria Gonzalez")[0]
    let code = await refusal {
      _ = try await bench.tokens.reveal(token, in: bench.scope, for: .treatment, by: bench.key("rosa")) { throw Full() }
    }
    #expect(code == .unrecorded)
    let silent = await refusal {
      _ = try await bench.tokens.reveal(token, in: bench.scope, for: .treatment, by: bench.key("rosa")) {}
    }
    #expect(silent == .unrecorded, "that nothing failed is not enough")
    try await bench.record()
    #expect(bench.events.map(\.name) == [.tokenRevealed, .tokenRevealed], "an attempt is never left out")
  }

  @Test func `refuses a key that is not the person's, whatever name it bears`() async throws {
    let bench = try await TokenBench(.single)
    let token = try await bench.issue("Maria Gonzalez")[0]
    let forged = try TokenBench.freshKey("rosa")
    let code = await refusal {
      _ = try await bench.tokens.reveal(token, in: bench.scope, for: .treatment, by: forged, recording: bench.record)
    }
    #expect(code == .forbidden)
  }

  @Test func `refuses tokens that there are not, in this scope or at all`() async throws {
    let bench = try await TokenBench(.single)
    let token = try await bench.issue("Maria Gonzalez")[0]
    let copd = try #require(ScopeName("copd"))
    try await bench.tokens.create(copd, policy: .single)
    let otherKind = try #require(Token("MRN_\(token.code)"))
    let unknown = try #require(Token("NAME_BBBBBBBBBBBBBBBB"))
    let missing = try #require(ScopeName("missing"))
    for (asked, scope) in [(token, copd), (otherKind, bench.scope), (unknown, bench.scope), (token, missing)] {
      let code = await refusal {
        _ = try await bench.tokens.reveal(
          asked, in: scope, for: .treatment, by: bench.key("rosa"), recording: bench.record)
      }
      #expect(code == .missing)
    }
    #expect(
      bench.events.map(\.token?.refusal) == [.unknownToken, .unknownToken, .unknownToken, .unknownScope])
  }

  @Test func `reveals nothing while the vault is locked`() async throws {
    let bench = try await TokenBench(.single)
    let token = try await bench.issue("Maria Gonzalez")[0]
    await bench.vault.lock(by: "ada")
    let code = await refusal {
      _ = try await bench.tokens.reveal(
        token, in: bench.scope, for: .treatment, by: bench.key("rosa"), recording: bench.record)
    }
    #expect(code == .locked)
  }
}
