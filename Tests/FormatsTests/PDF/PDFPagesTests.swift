import Testing

import Formats

struct PDFPagesTests {
  private static func document(_ lines: [String], takingEach: Bool = false) -> String {
    var pages = PDFPages(title: "A (log)", made: "D:20261121120000Z")
    var bytes: [UInt8] = []
    for line in lines {
      pages.line(line)
      if takingEach { bytes += pages.take() }
    }
    pages.finish()
    bytes += pages.take()
    return String(decoding: bytes.map { $0 < 0x80 ? $0 : 0x3F }, as: UTF8.self)
  }

  /// Where each object of a document is, by its own table.
  private static func offsets(_ document: String) throws -> [Int] {
    let start = try #require(
      document.split(separator: "startxref\n").last?.split(separator: "\n").first.flatMap { Int($0) })
    let table = String(decoding: Array(document.utf8)[start...], as: UTF8.self)
    return table.split(separator: "\n").filter { $0.hasSuffix(" 00000 n ") }.compactMap { Int($0.prefix(10)) }
  }

  @Test(arguments: [0, 1, 51, 52, 53, 500])
  func `names the place of each object, however the bytes were taken`(_ count: Int) throws {
    let lines = (0..<count).map { "line \($0)" }
    let document = Self.document(lines)
    let offsets = try Self.offsets(document)
    #expect(offsets.count == 5 + 2 * max(1, (count + 51) / 52))
    let bytes = Array(document.utf8)
    for (index, offset) in offsets.enumerated() {
      #expect(bytes[offset...].starts(with: Array("\(index + 1) 0 obj\n".utf8)))
    }
    #expect(Self.document(lines, takingEach: true) == document)
  }

  @Test func `writes every line once and in order`() {
    let document = Self.document((0..<500).map { "line \($0)." })
    let shown = document.split(separator: "\n").filter { $0.hasPrefix("(line ") }.map(String.init)
    #expect(shown == (0..<500).map { "(line \($0).) Tj T*" })
  }

  @Test func `goes on in the next line with what is too long for one`() {
    let long = String(repeating: "x", count: 300)
    let shown = Self.document([long]).split(separator: "\n").filter { $0.hasSuffix("Tj T*") }
    #expect(shown.count == 3)
    #expect(shown.joined().count { $0 == "x" } == 300)
  }

  @Test(
    arguments: [
      (#"a (b) \ c"#, #"(a \(b\) \\ c) Tj"#), ("Жa", "(<U+0416>a) Tj"),
      ("a\u{0}\n\u{7F}", "(a<U+0000><U+000A><U+007F>) Tj"),
      ("\u{1F600}", "(<U+1F600>) Tj"), ("\u{201C}", "(<U+201C>) Tj"),
    ])
  func `loses no character, and none ends a string`(_ text: String, _ shown: String) {
    #expect(Self.document([text]).contains(shown))
  }
}
