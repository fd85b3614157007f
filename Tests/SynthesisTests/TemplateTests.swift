import Synthesis
import Testing

struct TemplateTests {
  @Test(arguments: [
    ("stray\n=== a\nx", SynthesisError.Code.textBeforeFirstTemplate),
    ("=== a\nx\n=== b loud\ny", .unknownWord("loud")),
    ("=== a\n\n", .emptyTemplate),
    ("=== a\n{nonsense}", .unknownSlot("nonsense")),
    ("=== a\n{date:never}", .unknownForm("date:never")),
    ("=== a\n{num:9-2}", .unknownForm("num:9-2")),
    ("=== a\n<<x|y", .openChoice),
    ("=== a\nx>>", .strayChoiceEnd),
    ("=== a\n[[CITY]]", .badMark),
    ("=== a\n[[TOWN|Ulm]]", .badMark),
    ("=== a\n[[CITY| Ulm]]", .badMark),
    ("=== a clean\n{city}", .markedButClean),
    ("=== a clean\n{first:doc1}", .markedButClean),
  ])
  func `refuses what is no template`(_ file: String, _ code: SynthesisError.Code) {
    let error = #expect(throws: SynthesisError.self) { try Template.parse(file) }
    #expect(error?.code == code)
  }

  @Test func `an error names the template and the line`() {
    let error = #expect(throws: SynthesisError.self) {
      try Template.parse("=== fine\nx\n\n=== wrong\none\ntwo {nonsense} three\n")
    }
    #expect(error?.place == "wrong")
    #expect(error?.line == 6)
    #expect(error?.description == "wrong, line 6: unknown slot `nonsense`")
  }

  @Test func `refuses an identifier used twice`() {
    let error = #expect(throws: SynthesisError.self) { try Template.parse(files: ["=== a\nx", "=== a\ny"]) }
    #expect(error?.code == .repeatedIdentifier)
  }

  @Test(arguments: [
    "{\"a\": 1}", "{{ patient.first }}", "{{name}}", "a | b", "{ }", "\\d{4} {2}", "[x] [ ]", "x < y > z",
  ])
  func `leaves other braces and bars alone`(_ text: String) throws {
    let template = try #require(try Template.parse("=== a\n\(text)\n\n").first)
    let document = try SampleLists.author().document(from: template, seed: 1, spoiling: false)
    #expect(document.text == text)
    #expect(document.spans.isEmpty)
  }
}
