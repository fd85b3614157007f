import Deidentification
import PHI
import TestKit
import Testing

struct RestorerTests {
  private let tokens: SessionTokens
  private let maria: String
  private let date: String
  private let zip: String
  private let ip: String

  init() {
    var tokens = SessionTokens(key: TokenKey(7, 8), asOf: today)
    func token(_ source: String) -> String {
      let marked = Marked(source)
      return String(decoding: tokens.tokenise(marked.text, marked.findings), as: UTF8.self)
    }
    maria = token("[[NAME|María \"Mia\" González]]")
    date = token("[[DATE|3/5/2024]]")
    zip = token("[[ZIP|02139]]")
    ip = token("[[IP|10.0.0.7]]")
    self.tokens = tokens
  }

  private func restored(
    _ answer: String, revealing: IdentifierSet = .all, escaping: Restorer.Escaping = .none
  ) -> String {
    var restorer = Restorer(tokens.map, revealing: revealing, escaping: escaping)
    return String(decoding: restorer.push(Array(answer.utf8)) + restorer.finish(), as: UTF8.self)
  }

  @Test func `puts values back in their own spelling`() {
    #expect(restored("\(maria) came on \(date).") == "María \"Mia\" González came on 3/5/2024.")
  }

  @Test func `knows a token in another case, escaped for Markdown, possessive or plural`() {
    #expect(restored(maria.lowercased()) == "María \"Mia\" González")
    #expect(restored(String(maria.prefix(1)) + maria.dropFirst().lowercased()) == "María \"Mia\" González")
    #expect(restored("**\(maria.replacing("_", with: "\\_"))**") == "**María \"Mia\" González**")
    #expect(restored("\(date)'s, \(date)s") == "3/5/2024's, 3/5/2024s")
    #expect(restored("note_\(date)_\(zip).pdf") == "note_3/5/2024_02139.pdf")
  }

  @Test func `tells ZIP from IP`() {
    #expect(restored("\(zip) Z\(ip) \(ip)\(zip)") == "02139 Z10.0.0.7 10.0.0.702139")
  }

  @Test func `leaves unknown, altered and unfinished tokens as they are`() {
    let altered = String(maria.dropLast()) + (maria.hasSuffix("B") ? "C" : "B")
    for text in [
      altered, "NAME_9_BCD", "NAME_1", "NAME_1_", "NAME_01_BCD", "NAME__1", String(maria.dropLast()), "_1_BCD",
    ] {
      #expect(restored(text) == text)
    }
  }

  @Test func `leaves the tokens of another caller as they are`() {
    var others = SessionTokens(key: TokenKey(9, 9), asOf: today)
    let marked = Marked("[[NAME|Pilar]]")
    let foreign = String(decoding: others.tokenise(marked.text, marked.findings), as: UTF8.self)
    #expect(restored(foreign) == foreign)
  }

  @Test func `leaves kinds that may not be revealed as tokens`() {
    #expect(restored("\(maria) \(date)", revealing: IdentifierSet([.date])) == "\(maria) 3/5/2024")
    #expect(restored("\(maria) \(date)", revealing: []) == "\(maria) \(date)")
  }

  @Test func `escapes values for JSON`() {
    #expect(
      restored(#"{"who":"\n\#(maria)"}"#, escaping: .json) == #"{"who":"\nMaría \"Mia\" González"}"#)
  }

  @Test func `counts what it restores`() {
    var restorer = Restorer(tokens.map, revealing: IdentifierSet([.date, .zipCode]))
    _ = restorer.push(Array("\(date) \(maria) \(date) \(zip)".utf8))
    #expect(restorer.restored.present.map(\.identifier) == [.zipCode, .date])
    #expect(restorer.restored[.date] == 2)
  }

  @Test func `holds back only what may be the beginning of a token`() {
    var restorer = Restorer(tokens.map)
    #expect(restorer.push(Array("Blood pressure 120/80, ".utf8)) == Array("Blood pressure 120/80, ".utf8))
    #expect(restorer.push(Array("see na".utf8)) == Array("see ".utf8))
    #expect(restorer.push(Array("tural".utf8)) == Array("natural".utf8))
    #expect(restorer.push(Array(" NAME_1_".utf8)) == Array(" ".utf8))
    #expect(restorer.finish() == Array("NAME_1_".utf8))
  }

  @Test func `holds back nothing when there is nothing to restore`() {
    var restorer = Restorer(TokenMap())
    #expect(restorer.push(Array("NAME_1".utf8)) == Array("NAME_1".utf8))
  }

  @Test func `gives the same answer at every pair of cuts`() {
    let answers = [
      "\(maria)", "a\(maria)\(date)", "é\(zip)Z\(ip)é\(ip)", "\(maria.lowercased())'s — \(date)s 𝕏\(maria.dropLast())",
      "NAME\\_1\\_B \(maria.replacing("_", with: "\\_")) ZIP ZI \(ip)", "日本\(date)日本NAME_1_\(maria)",
      "\\\\_\\\(date)_NAM",
    ]
    for answer in answers {
      let bytes = Array(answer.utf8)
      let whole = restored(answer)
      for first in 0...bytes.count {
        for second in first...bytes.count {
          var restorer = Restorer(tokens.map)
          let pieces =
            restorer.push(Array(bytes[..<first])) + restorer.push(Array(bytes[first..<second]))
            + restorer.push(Array(bytes[second...])) + restorer.finish()
          #expect(String(decoding: pieces, as: UTF8.self) == whole, "cut at \(first) and \(second)")
        }
      }
    }
  }

  @Test(arguments: [UInt64(1), 2, 3, 4, 5, 6, 7, 8])
  func `puts back any findings in any text, at any cut`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<400 {
      let (text, findings) = randomText(&random)
      var tokens = SessionTokens(key: TokenKey(random.next(), random.next()), asOf: today)
      tokens.reserve(lookAlikesIn: text.span)
      let safe = tokens.tokenise(text, findings)
      var restorer = Restorer(tokens.map)
      var restored: [UInt8] = []
      var start = 0
      while start < safe.count {
        let end = min(safe.count, start + Int.random(in: 1...9, using: &random))
        restored += restorer.push(Array(safe[start..<end]))
        start = end
      }
      restored += restorer.finish()
      #expect(restored == text, "seed \(seed)")
    }
  }

  private func randomText(_ random: inout SeededGenerator) -> (text: [UInt8], findings: [Finding]) {
    let pieces = [
      "NAME_1_", "NAME_1", "ZIP_1_BCD", "Z", "ZI", "IP_2_", "_", "\\_", "\\", "B", "KTQ", "DATE", "DATE_1_bcd", "1",
      "2", "é",
      "日", "𝕏", " ", "Maria", "Gonzalez", ", ", "\n", "\"", "name_2", "P", "LAN", "X", "M.", "'s", "0", "ID_1_B", "ID",
    ]
    var text: [UInt8] = []
    var findings: [Finding] = []
    for _ in 0..<Int.random(in: 0...24, using: &random) {
      let start = text.count
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        text += pieces[Int.random(in: 0..<pieces.count, using: &random)].utf8
      }
      guard Bool.random(using: &random) else { continue }
      let identifiers: [Identifier] = [.name, .zipCode, .ipAddress, .date, .otherNumber, .healthPlanNumber]
      let identifier = identifiers[Int.random(in: 0..<identifiers.count, using: &random)]
      findings.append(Finding(identifier, at: start..<text.count, confidence: .low, by: "random"))
    }
    return (text, findings)
  }
}
