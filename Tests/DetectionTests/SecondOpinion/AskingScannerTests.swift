import Detection
import PHI
import Synchronization
import Testing

struct AskingScannerTests {
  private static let text = Array(
    "Seen by Dr. Harriet Vane on 3/14/2024. The wound is dry. Follow up with zorblatt next week.".utf8)

  @Test func `adds to what it finds by itself and keeps all of that`() throws {
    let alone = Scanner().weighing(by: .identity).findings(in: Self.text)
    let added = Finding(.name, at: 72..<80, confidence: .high, by: "test")
    let opinion = SecondOpinion(reach: .everything) { _, _ in [added] }
    let together = Scanner().weighing(by: .identity).asking(opinion).findings(in: Self.text)
    #expect(together == (alone + [added]).sorted { $0.range.lowerBound < $1.range.lowerBound })
  }

  @Test func `takes the whole text for a finding when its reader fails, and says so to who asks`() {
    let opinion = SecondOpinion(reach: .everything) { _, _ throws(SecondOpinionFailure) in
      throw SecondOpinionFailure("the model failed")
    }
    let scanner = Scanner().asking(opinion)
    #expect(scanner.findings(in: Self.text).map(\.range) == [0..<Self.text.count])
    #expect(scanner.findings(in: []) == [])
    #expect(throws: SecondOpinionFailure("the model failed")) {
      var memory = DocumentMemory()
      _ = try scanner.findingsOrFailure(in: Self.text, remembering: &memory)
    }
  }

  @Test func `asks about nothing when nothing is in doubt`() {
    let asked = Mutex(0)
    let opinion = SecondOpinion(reach: .uncertain) { _, stretches in
      asked.withLock { $0 += stretches.count }
      return []
    }
    let plain = Array("The wound is dry and the gait is normal.".utf8)
    #expect(Scanner().asking(opinion).findings(in: plain) == [])
    #expect(asked.withLock { $0 } == 0)
  }

  @Test func `gives places in the text that came in`() {
    let text = Array("Ｃａｌｌ “Zorblatt” today.".utf8)
    let opinion = SecondOpinion(reach: .everything) { folded, stretches in
      let start = folded.indices.first { folded[$0...].starts(with: "Zorblatt".utf8) } ?? 0
      return [Finding(.name, at: start..<start + 8, confidence: .certain, by: "test")]
    }
    let found = Scanner().asking(opinion).findings(in: text).map { String(decoding: text[$0.range], as: UTF8.self) }
    #expect(found == ["Zorblatt"])
  }
}
