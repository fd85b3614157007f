import Bytes
import Detection
import PHI
import TestKit
import Testing

/// How the scanner takes up what a tagger says.
struct TaggerTests {
  @Test func `a model is read as it was written`() throws {
    var generator = SplitMix64(seed: 3)
    let rows = (0..<TaggerModel.rowCount).map { _ in
      SIMD16<Int8>(truncatingIfNeeded: SIMD16<UInt8>.random(in: 0...255, using: &generator))
    }
    let steps = (0..<Tag.count).map { _ in SIMD16<Float>.random(in: -1...1, using: &generator) }
    let bytes = TaggerModel.bytes(rows: rows, scale: 0.25, transitions: steps)
    #expect(bytes.count <= 8_000_000)
    let model = try #require(TaggerModel(bytes))
    #expect(model.bytes == bytes)
  }

  @Test(arguments: [[], [0x43, 0x4F], Array("CORDTAG1".utf8)] as [[UInt8]])
  func `bytes that are no model are refused`(bytes: [UInt8]) {
    #expect(TaggerModel(bytes) == nil)
  }

  @Test(arguments: [Float.nan, 0, -1, .infinity])
  func `a scale that would silence the tagger is refused`(scale: Float) {
    let bytes = TaggerModel.bytes(
      rows: Array(repeating: .zero, count: TaggerModel.rowCount), scale: scale,
      transitions: Array(repeating: .zero, count: Tag.count))
    #expect(TaggerModel(bytes) == nil)
  }

  @Test func `a tagger without opinions changes nothing`() throws {
    let text = Array("Mr. Tobias Quill, MRN 4471-220, was seen on 3/14/2024 at Larkmoor Hospital.".utf8)
    let silent = try #require(TaggerModel(Self.bytes(outside: 100)))
    let rules = Scanner(tagger: nil).findings(in: text)
    #expect(!rules.isEmpty)
    #expect(Scanner(tagger: Tagger(silent, veto: 2)).findings(in: text) == rules)
  }

  @Test func `a tagger that is sure of outside drops what only context speaks for, never a form or a label`() throws {
    let text = Array("Then Tobias Quill wrote from tquill@mail.example about 412-77-0943. Name: Ada Birch".utf8)
    let silent = try #require(TaggerModel(Self.bytes(outside: 100)))
    let found = Scanner(tagger: Tagger(silent)).findings(in: text).map(\.identifier)
    #expect(found == [.email, .socialSecurityNumber, .name])
  }

  @Test func `what a dropped finding had covered comes back`() throws {
    let text = Array("Then mile marker 94-year-old came in.".utf8)
    let silent = try #require(TaggerModel(Self.bytes(outside: 100)))
    let found = Scanner(tagger: Tagger(silent)).findings(in: text).map(\.identifier)
    #expect(found == [.ageOver89])
  }

  @Test func `findings of a tagger cover whole words and keep apart from the rules'`() throws {
    let text = Array("Mr. Tobias Quill wrote from tquill@mail.example, then Zyxwen Ootmar called.".utf8)
    let eager = try #require(TaggerModel(Self.bytes(outside: -100)))
    let findings = Scanner(tagger: Tagger(eager)).findings(in: text)
    #expect(findings.contains { $0.detector == "tagger" })
    for (left, right) in zip(findings, findings.dropFirst()) {
      #expect(left.range.upperBound <= right.range.lowerBound)
    }
    for finding in findings {
      #expect(finding.range.lowerBound == 0 || !CharacterClass.isWord(text[finding.range.lowerBound - 1]))
      #expect(finding.range.upperBound == text.count || !CharacterClass.isWord(text[finding.range.upperBound]))
    }
  }

  @Test(
    arguments: [
      ("went home with Tuuliki Ranepa after lunch, no rash since", "Tuuliki Ranepa"),
      ("Oldest guest today: Ralph, 98, in a chair by the door.", "98"),
      ("The aide from Larkspur Bend Home Health called about the wound.", "Larkspur Bend Home Health"),
    ])
  func `what no list and no form tells is found in its context`(text: String, part: String) {
    let found = Scanner().findings(in: Array(text.utf8)).map {
      String(decoding: Array(text.utf8)[$0.range], as: UTF8.self)
    }
    #expect(found.joined(separator: " ").contains(part), "\(found)")
  }

  @Test(
    arguments: [
      "Pain 7/10, strength 4/5 in both arms, rails up 2/4.",
      "Parkinson disease, Foley catheter, Glasgow Coma Scale 15.",
      "SNOMED 44054006, ICD-10 E11.9, CPT 99213, LOINC 4548-4.",
    ])
  func `what only looks like an identifier is left alone`(text: String) {
    #expect(Scanner().findings(in: Array(text.utf8)) == [])
  }

  @Test func `features are the same in every run, and rows of the model`() {
    let (page, findings) = Scanner(tagger: nil).ruled(Array("Seen by Dr. Oonagh Pell in Wexmoor, 3 rooms.".utf8))
    let reading = TaggerReading(page, findings)
    var first = TaggerFeatures()
    var second = TaggerFeatures()
    for run in reading.runs {
      first.read(run, of: reading)
      second.read(run, of: TaggerReading(page, findings))
      #expect(first.rows == second.rows)
      #expect(first.rows.count == run.count * TaggerFeatures.count)
      #expect(first.rows.allSatisfy { $0 < UInt32(TaggerModel.rowCount) })
    }
    #expect(!reading.runs.isEmpty)
  }

  /// A model with one opinion of every word.
  private static func bytes(outside score: Int8) -> [UInt8] {
    var row = SIMD16<Int8>(repeating: 0)
    row[Tag.outside.index] = score
    return TaggerModel.bytes(
      rows: Array(repeating: row, count: TaggerModel.rowCount), scale: 0.01,
      transitions: Array(repeating: .zero, count: Tag.count))
  }
}
