import Deidentification
import PHI
import TestKit
import Testing

struct RestorerSpellingTests {
  private let tokens: SessionTokens
  private let name: String
  private let second: String

  init() {
    var tokens = SessionTokens(key: TokenKey(7, 8), asOf: today)
    func token(_ source: String) -> String {
      let marked = Marked(source)
      return String(decoding: tokens.tokenise(marked.text, marked.findings), as: UTF8.self)
    }
    name = token("[[NAME|Maria]]")
    second = token("[[MRN|4471902]]")
    self.tokens = tokens
  }

  private func restored(_ answer: String, escaping: Restorer.Escaping = .none) -> String {
    var restorer = Restorer(tokens.map, escaping: escaping)
    return String(decoding: restorer.push(Array(answer.utf8)) + restorer.finish(), as: UTF8.self)
  }

  /// What models make of a token, as replacements of its underscores.
  private static let separators = [
    "_", "\\_", "\\\\_", "\\\\\\\\_", "\\u005f", "\\u005F", "%5F", "%5f", "&#95;", "&#x5F;", "&lowbar;", "&UnderBar;",
    "_\n", "\n_", "_ \n    ", "_\r\n> ", "_\\n", "-", " ", "*", "\u{A0}", "\u{2011}", "\u{2013}", "_\u{AD}",
    "\u{200B}_\u{2060}",
  ]

  @Test(arguments: separators)
  func `knows a token whatever became of its underscores, at every three cuts`(_ separator: String) {
    for text in [name.replacing("_", with: separator), "**\(second.replacing("_", with: separator))**'s"] {
      let bytes = Array("x \(text) \(name)s.".utf8)
      let whole = restored("x \(text) \(name)s.")
      #expect(whole.contains("x Maria Marias.") || whole.contains("x **4471902**'s Marias."))
      expectSame(whole, of: bytes)
    }
  }

  @Test(arguments: [
    "\u{AD}", "\u{200B}", "\u{200C}", "\u{200D}", "\u{2060}", "\u{FEFF}", "&shy;", "\\u00ad", "\\u200B",
  ])
  func `passes over what nobody sees, anywhere inside a token`(_ invisible: String) {
    for place in 1..<name.count {
      let spelt = String(name.prefix(place)) + invisible + name.dropFirst(place)
      #expect(restored("for \(spelt).") == "for Maria.", "after \(place)")
    }
    let everywhere = name.map(String.init).joined(separator: invisible)
    #expect(restored(everywhere) == "Maria")
    expectSame("Maria", of: Array(everywhere.utf8))
  }

  @Test func `knows a token in code, quotation marks, brackets, emphasis and JSON`() {
    for (before, after) in [
      ("`", "`"), ("```\n", "\n```"), ("**", "**"), ("*", "*"), ("_", "_"), ("[", "]"), ("[[", "]]"), ("<", ">"),
      ("{{", "}}"),
      ("\"", "\""), ("(", ")"), ("", "'s"), ("", "’s"), ("", "s"), ("| ", " |"), ("#", ""), ("patient_", ".pdf"),
    ] {
      #expect(restored(before + name + after) == "\(before)Maria\(after)")
    }
    #expect(restored("{\"a\":\"\(name)\",\"b\":[\"\(second)\"]}", escaping: .json) == #"{"a":"Maria","b":["4471902"]}"#)
    #expect(restored("{\"a\":\"\(name.replacing("_", with: "\\u005f"))\"}", escaping: .json) == #"{"a":"Maria"}"#)
  }

  @Test func `takes other separators only in capitals and at the beginning of a word`() {
    let spaced = name.replacing("_", with: " ")
    for text in [
      spaced.lowercased(), "SUR\(spaced)", "é\(spaced)", String(spaced.dropLast(3)) + spaced.suffix(3).lowercased(),
      name.replacing("_", with: ""), name.replacing("_", with: "__"), name.replacing("_", with: "\n"),
      name.replacing("_", with: " _ "), name.replacing("_", with: "."),
    ] {
      #expect(restored(text) == text)
    }
  }

  @Test func `leaves a caller's own text alone that reads like another spelling`() {
    let check = String(name.suffix(3))
    for separator in ["-", " ", "%5F", "&lowbar;", "_\n", "\\u005f"] {
      let lookAlike = "NAME\(separator)1\(separator)\(check)"
      var tokens = SessionTokens(key: TokenKey(7, 8), asOf: today)
      tokens.reserve(lookAlikesIn: Array(lookAlike.utf8).span)
      let marked = Marked("\(lookAlike) [[NAME|Maria]]")
      let safe = tokens.tokenise(marked.text, marked.findings)
      var restorer = Restorer(tokens.map)
      #expect(restorer.push(safe) + restorer.finish() == marked.text)
    }
  }

  @Test func `never resolves an altered or foreign token in any spelling`() {
    let altered = String(name.dropLast()) + (name.hasSuffix("B") ? "C" : "B")
    for separator in Self.separators {
      let text = altered.replacing("_", with: separator)
      #expect(restored(text) == text)
    }
  }

  private func expectSame(_ whole: String, of bytes: [UInt8]) {
    for first in 0...bytes.count {
      for second in first...bytes.count {
        var restorer = Restorer(tokens.map)
        let pieces =
          restorer.push(Array(bytes[..<first])) + restorer.push(Array(bytes[first..<second]))
          + restorer.push(Array(bytes[second...])) + restorer.finish()
        guard pieces != Array(whole.utf8) else { continue }
        Issue.record("cut at \(first) and \(second): \(String(decoding: pieces, as: UTF8.self))")
        return
      }
    }
  }
}
