import Synthesis
import Testing

struct CorpusTests {
  private func templates() throws -> [Template] {
    try Template.parse(
      "=== a\n{full:patient}, {mrn}\n=== b lower\nseen {date} by {last:doc1}\n=== c clean\n{drug} {dose}\n")
  }

  private func lines(seed: UInt64, count: Int = 60) throws -> [String] {
    corpus(templates: try templates(), lists: try SampleLists.make(), count: count, seed: seed).map { document in
      var line: [UInt8] = []
      document.write(into: &line)
      return String(decoding: line, as: UTF8.self)
    }
  }

  @Test func `the same seed makes the same corpus, another seed another`() throws {
    #expect(try lines(seed: 5) == lines(seed: 5))
    #expect(try lines(seed: 5) != lines(seed: 6))
  }

  @Test func `a document does not depend on those before it`() throws {
    #expect(try Array(lines(seed: 5, count: 60)[..<10]) == lines(seed: 5, count: 10))
  }

  @Test func `uses every template equally often`() throws {
    let genres = corpus(templates: try templates(), lists: try SampleLists.make(), count: 30, seed: 2).map(\.genre)
    #expect(["a", "b", "c"].map { genre in genres.count { $0 == genre } } == [10, 10, 10])
  }

  @Test func `writes a document as one line of JSON`() throws {
    let template = try #require(try Template.parse("=== a keep\n\"{city:us}\"\n").first)
    let document = try SampleLists.author().document(from: template, seed: 3, spoiling: false)
    var line: [UInt8] = []
    document.write(into: &line)
    let town = document.text.dropFirst().dropLast()
    #expect(
      String(decoding: line, as: UTF8.self)
        == "{\"id\":\"\",\"text\":\"\\\"\(town)\\\"\",\"spans\":[{\"start\":1,\"end\":\(town.unicodeScalars.count + 1),"
        + "\"label\":\"CITY\"}],\"genre\":\"a\",\"style\":\"plain\"}")
  }

  @Test(arguments: [
    ("[a]\nx <nowhere>\n", SynthesisError.Code.unknownList("nowhere")), ("[a]\nx <open\n", .badEntry),
    ("[a]\nx\n", .missingList("street")),
  ])
  func `refuses lists with gaps`(_ file: String, _ code: SynthesisError.Code) {
    let error = #expect(throws: SynthesisError.self) { try Lists(parsing: [file]) }
    #expect(error?.code == code)
  }
}
