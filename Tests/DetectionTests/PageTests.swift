import Detection
import PHI
import Testing

struct PageTests {
  @Test(arguments: [
    ("José\u{00A0}５５５–0199", "Jose 555-0199"),
    ("Jose\u{301} O’Dea", "Jose O'Dea"),
    ("Straße, Ærø", "Strasse, AEro"),
    ("plain", "plain"),
    ("王小明", "王小明"),
  ])
  func `folds typographic and accented characters to their kin`(_ text: String, _ folded: String) {
    #expect(String(decoding: Page(Array(text.utf8)).bytes, as: UTF8.self) == folded)
  }

  @Test func `carries findings back to the text`() {
    #expect(found("José：ｊｏｓé＠clinic．example！", by: EmailAddress()) == ["EMAIL ｊｏｓé＠clinic．example"])
  }

  @Test func `cuts words and marks`() {
    let page = Page(Array("Pt 3a\n#B".utf8))
    #expect(page.words.map(\.range) == [0..<2, 3..<5, 6..<7, 7..<8])
    #expect(page.words.map(\.kind) == [.letters, .mixed, .mark, .letters])
    #expect(page.words[2].shape.contains(.lineStart))
    #expect(Array(page.numbers) == [1])
  }
}
