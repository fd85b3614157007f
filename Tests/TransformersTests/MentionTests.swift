import Testing
import Transformers

struct MentionTests {
  private static let text = "Ann Lee Ohio Bo"

  /// A label and a probability for each word of the text, and the mentions they make.
  @Test(arguments: [
    ("B-NAME I-NAME O B-NAME", ["Ann Lee", "Bo"]),
    ("B-NAME B-NAME O O", ["Ann", "Lee"]),
    ("I-NAME I-NAME I-CITY I-NAME", ["Ann Lee", "Ohio", "Bo"]),
    ("B-NAME E-NAME B-CITY S-NAME", ["Ann Lee", "Ohio", "Bo"]),
    ("S-NAME I-NAME O O", ["Ann", "Lee"]),
    ("B-NAME E-NAME I-NAME O", ["Ann Lee", "Ohio"]),
    ("U-NAME U-NAME L-NAME O", ["Ann", "Lee", "Ohio"]),
    ("NAME NAME O CITY", ["Ann Lee", "Bo"]),
    ("O O O O", []),
  ])
  func `joins labels of every scheme`(_ row: String, _ expected: [String]) throws {
    let labels = Array(Set(row.split(separator: " ").map(String.init) + ["O", "I-CITY"])).sorted()
    let table = try LabelTable(labels)
    let verdicts = try row.split(separator: " ").map { label in
      try #require(table.verdict(labels.map { $0 == String(label) ? 9 : 0 }[...]))
    }
    #expect(found(table, verdicts, threshold: 0.5) == expected)
  }

  @Test func `leaves out what is less likely than asked for`() throws {
    let table = try LabelTable(["O", "NAME"])
    let scores: [[Float]] = [[0, 3], [0, 0.5], [0, -1], [0, 3]]
    let verdicts = try scores.map { try #require(table.verdict($0[...])) }
    #expect(found(table, verdicts, threshold: 0.5) == ["Ann Lee", "Bo"])
    #expect(found(table, verdicts, threshold: 0.9) == ["Ann", "Bo"])
  }

  @Test func `gives the whole word of a piece`() throws {
    let table = try LabelTable(["O", "NAME"])
    let tokens = [Token(1, at: 0..<2, word: 0), Token(2, at: 2..<3, word: 0), Token(3, at: 4..<7, word: 1)]
    let verdicts = [
      LabelTable.Verdict(kind: 0, place: .inside, probability: 0.9),
      LabelTable.Verdict(kind: nil, place: .inside, probability: 0.9),
      LabelTable.Verdict(kind: nil, place: .inside, probability: 0.9),
    ]
    #expect(
      table.mentions(tokens, verdicts, in: Array(Self.text.utf8), threshold: 0.5)
        == [Mention(0, at: 0..<2, words: 0..<3, probability: 0.9)])
  }

  @Test(arguments: [[Float.nan, 0], [0, .nan], [.infinity, 0], [-.infinity, -.infinity]])
  func `takes nothing from scores that are no numbers`(_ scores: [Float]) throws {
    #expect(try LabelTable(["O", "NAME"]).verdict(scores[...]) == nil)
  }

  private func found(_ table: LabelTable, _ verdicts: [LabelTable.Verdict], threshold: Float) -> [String] {
    let text = Array(Self.text.utf8)
    let words = [0..<3, 4..<7, 8..<12, 13..<15]
    let tokens = words.enumerated().map { Token(Int32($0), at: $1, word: Int32($0)) }
    return table.mentions(tokens, verdicts, in: text, threshold: threshold)
      .map { String(decoding: text[$0.range], as: UTF8.self) }
  }
}
