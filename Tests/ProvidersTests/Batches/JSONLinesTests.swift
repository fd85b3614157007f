import Bytes
import Providers
import TestKit
import Testing

/// Where the lines of a JSONL text are.
struct JSONLinesTests {
  @Test(arguments: [
    ("", []), ("\n\n", []), (" \r\n\t\n", []), ("{}", ["1 {}"]), ("{}\n", ["1 {}"]),
    ("{}\r\n[]\r\n", ["1 {}", "2 []"]),
    ("{}\n\n \n[]", ["1 {}", "4 []"]), ("\u{FEFF}{}\n\u{FEFF}", ["1 {}", "2 \u{FEFF}"]), ("  {} \t\n", ["1 {}"]),
    ("\u{FEFF}", []), ("{\r}\n", ["1 {\r}"]),
  ])
  func `finds each line, with or without its end`(_ given: String, _ expected: [String]) {
    let bytes = Array(given.utf8)
    let found = JSONLines(bytes.span).lines.map { "\($0.number) \(String(decoding: bytes[$0.range], as: UTF8.self))" }
    #expect(found == expected)
  }

  @Test func `cuts the same lines out of pieces cut anywhere`() {
    let text = Array("{\"a\":1}\r\n\n  {\"b\":\"\u{1F4A7}\"}\n[]\r\n{\"last\":true}".utf8)
    let whole = JSONLines(text.span).lines.map { Array(text[$0.range]) }
    var random = SeededGenerator(seed: 11)
    for _ in 0..<200 {
      var cutter = LineCutter()
      var lines: [[UInt8]] = []
      var place = 0
      while place < text.count {
        let end = min(text.count, place + Int.random(in: 1...9, using: &random))
        lines += cutter.push(Array(text[place..<end]))
        place = end
      }
      if let line = cutter.finish() { lines.append(line) }
      #expect(lines == whole)
    }
  }

  @Test(.timeLimit(.minutes(30)))
  func `takes a time in proportion to the lines`() throws {
    var text: [UInt8] = []
    for number in 0..<50_000 {
      text += Array(
        "{\"custom_id\":\"\(number)\",\"method\":\"POST\",\"url\":\"/v1/embeddings\",\"body\":{\"model\":\"m\",\"input\":\"x\"}}\n"
          .utf8)
    }
    let items = try BatchItem.items(ofLines: text)
    #expect(items.count == 50_000 && items[49_999].number == 50_000 && items[7].customID == Array("7".utf8))
    var cutter = LineCutter()
    var count = 0
    for start in stride(from: 0, to: text.count, by: 1_000) {
      count += cutter.push(Array(text[start..<min(text.count, start + 1_000)])).count
    }
    #expect(count == 50_000 && cutter.finish() == nil)
    #expect(throws: BatchError(.tooMany(50_000), nil, in: .openAI)) {
      try BatchItem.items(ofLines: text + Array("{}\n".utf8))
    }
  }

  @Test func `does not look again at what has no end yet`() {
    var cutter = LineCutter()
    for _ in 0..<200_000 { #expect(cutter.push([0x61, 0x62, 0x63]).isEmpty) }
    #expect(cutter.push([0x0A]).first?.count == 600_000)
  }
}
