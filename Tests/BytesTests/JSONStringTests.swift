import Bytes
import TestKit
import Testing

struct JSONStringTests {
  @Test(arguments: [
    ("plain", "plain"),
    ("a\"b\\c/", #"a\"b\\c/"#),
    ("\u{8}\t\n\u{C}\r\u{0}\u{1F}\u{7F}", #"\b\t\n\f\r\u0000\u001f"# + "\u{7F}"),
    ("Renée 한국 힣 😀", "Renée 한국 힣 😀"),
  ])
  func `escapes what must be and nothing else`(_ text: String, _ body: String) {
    #expect(String(decoding: JSONString.escaped(Array(text.utf8).span), as: UTF8.self) == body)
  }

  @Test(arguments: [
    (#"Ren\u00e9e \/ \ud83d\ude00 \u20ac\u0041"#, "Renée / 😀 €A"), (#"\b\f\n\r\t\"\\"#, "\u{8}\u{C}\n\r\t\"\\"),
  ])
  func `unescapes every form`(_ body: String, _ text: String) {
    var output: [UInt8] = []
    #expect(JSONString.unescape(Array(body.utf8).span, into: &output))
    #expect(String(decoding: output, as: UTF8.self) == text)
  }

  @Test(arguments: [#"a\ud83d"#, #"\ude00b"#, #"\ud83d\ud83d"#, #"\ud83dx\ude00"#, #"\ud83d\n"#])
  func `reports half of a surrogate pair and loses nothing of it`(_ body: String) {
    var output: [UInt8] = []
    #expect(!JSONString.unescape(Array(body.utf8).span, into: &output))
    #expect(String(decoding: JSONString.escaped(output.span), as: UTF8.self) == body)
  }

  @Test(arguments: [
    (#"a\u00e9\n\"b\""#, "aé\n\"b\""), (#"C:\dir \x \u12 \"#, #"C:\dir \x \u12 \"#),
    (#"\ud83d\ude00 \ud83d\u00"#, #"😀 \ud83d\u00"#),
    (#"\ude00\ud83d\ude0"#, #"\ude00\ud83d\ude0"#),
  ])
  func `reads what looks like an escape and leaves the rest`(_ text: String, _ decoded: String) {
    let source = Array(text.utf8)
    var output: [UInt8] = []
    var escapes: [JSONEscape] = []
    JSONString.unescapeLoosely(source.span, into: &output, recording: &escapes)
    #expect(String(decoding: output, as: UTF8.self) == decoded)
    #expect(escapes.allSatisfy { source[$0.source] == 0x5C && $0.textCount > 0 })
  }

  @Test func `gives back any text that was escaped`() {
    let seed: UInt64 = 7
    var random = SeededGenerator(seed: seed)
    for _ in 0..<2_000 {
      let text = randomText(&random)
      var output: [UInt8] = []
      #expect(JSONString.unescape(JSONString.escaped(text.span).span, into: &output))
      #expect(output == text, "seed \(seed)")
    }
  }

  @Test func `maps every place of the text back to its source`() throws {
    let source = Array(#"..a\n\u00e9b\ud83d\ude00c.."#.utf8)
    var text: [UInt8] = Array("??".utf8)
    var escapes: [JSONEscape] = []
    _ = JSONString.unescape(source.span, 2..<source.count - 2, into: &text, recording: &escapes)
    let stretch = JSONStretch(text: 2..<text.count, source: 2, escapes: 0..<escapes.count)
    func mapped(_ range: Range<Int>) -> String {
      String(decoding: source[stretch.sourceRange(of: range, in: escapes)], as: UTF8.self)
    }
    #expect(text.count == 2 + 1 + 1 + 2 + 1 + 4 + 1)
    #expect(mapped(2..<3) == "a")
    #expect(mapped(3..<4) == #"\n"#)
    #expect(mapped(4..<6) == #"\u00e9"#)
    #expect(mapped(5..<6) == #"\u00e9"#)
    #expect(mapped(6..<8) == #"b\ud83d\ude00"#)
    #expect(mapped(9..<12) == #"\ud83d\ude00c"#)
    #expect(mapped(2..<12) == String(decoding: source[2..<source.count - 2], as: UTF8.self))
    #expect(stretch.sourceRange(of: 12..<12, in: escapes) == source.count - 2..<source.count - 2)
  }

  private func randomText(_ random: inout SeededGenerator) -> [UInt8] {
    let scalars: [Unicode.Scalar] = ["a", "\"", "\\", "\n", "\u{1}", "é", "힣", "\u{D7FF}", "\u{E000}", "😀", "/"]
    var text = ""
    for _ in 0..<Int.random(in: 0...90, using: &random) {
      text.unicodeScalars.append(scalars[Int.random(in: 0..<scalars.count, using: &random)])
    }
    return Array(text.utf8)
  }
}
