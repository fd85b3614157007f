import Bytes
import Detection
import PHI
import Testing

struct ScoreTests {
  private func finding(_ range: Range<Int>) -> Finding {
    Finding(.name, at: range, confidence: .high, by: "test")
  }

  @Test func `counts letters and digits, touched and covered spans`() {
    var score = Score()
    // "Ana Ruiz left" with Ana Ruiz marked; `Ana` and `left` found.
    let document = GoldDocument(id: "a", text: "Ana Ruiz left", spans: [GoldSpan(0..<8, label: "NAME")])
    score.count([finding(0..<3), finding(9..<13)], in: document)
    #expect(score.marked == 7)
    #expect(score.found == 7)
    #expect(score.hit == 3)
    #expect(score.falseFindings == 1)
    #expect(score.labels == ["NAME": Score.LabelScore(spans: 1, touched: 1, covered: 0)])
    #expect(score.cleanDocuments == 0)
  }

  @Test func `counts the year of a date neither way`() {
    var score = Score()
    let document = GoldDocument(id: "a", text: "on 3 May 2024", spans: [GoldSpan(3..<13, label: "DATE")])
    score.count([finding(3..<8)], in: document)
    #expect(score.recall == 1)
    #expect(score.precision == 1)
    #expect(score.labels == ["DATE": Score.LabelScore(spans: 1, touched: 1, covered: 1)])
  }

  @Test func `counts a soft span neither way and its document as one without identifiers`() {
    var score = Score()
    let document = GoldDocument(id: "a", text: "in Ohio now", spans: [GoldSpan(3..<7, label: "LOCATION", isSoft: true)])
    score.count([finding(3..<7)], in: document)
    #expect(score.found == 0)
    #expect(score.falseFindings == 0)
    #expect(score.damagedDocuments == 0)
    #expect(score.documentsWithout == 1)
  }

  @Test func `reads offsets in code points although findings are in bytes`() throws {
    let line = Array(#"{"id":"a","text":"é Ana","spans":[{"start":2,"end":5,"label":"NAME"}]}"#.utf8)
    let documents = try GoldDocument.corpus(line)
    var score = Score()
    score.count([finding(3..<6)], in: documents[0])
    #expect(score.recall == 1)
    #expect(score.precision == 1)
  }

  @Test(arguments: [
    ("{", GoldError.Code.notJSON), (#"{"id":"a"}"#, .missingMember),
    (#"{"id":"a","text":"x","spans":[{"start":0,"end":2,"label":"N"}]}"#, .spanOutsideText),
  ])
  func `refuses a line that is no labelled document`(_ line: String, _ code: GoldError.Code) {
    #expect(throws: GoldError(code: code, line: 1)) { try GoldDocument.corpus(Array(line.utf8)) }
  }
}
