import Detection
import PHI
import TestKit
import Testing

struct LeakCurveTests {
  private func finding(_ range: Range<Int>, _ percent: UInt8) -> Finding {
    Finding(.name, at: range, confidence: Confidence(percent: percent), by: "test")
  }

  /// `Ana` found at 90, `Ruiz` at 60, `left` wrongly at 60; a second document flagged wrongly at 75.
  private var curve: LeakCurve {
    var curve = LeakCurve()
    curve.count(
      [finding(0..<3, 90), finding(4..<8, 60), finding(9..<13, 60)],
      in: GoldDocument(id: "a", text: "Ana Ruiz left", spans: [GoldSpan(0..<8, label: "NAME")]))
    curve.count([finding(0..<4, 75)], in: GoldDocument(id: "b", text: "Rest now", spans: []))
    return curve
  }

  @Test func `has a point for each threshold that makes a difference`() {
    let points = curve.points
    #expect(points.map(\.threshold) == [0, 75, 90])
    #expect(points.map(\.recall) == [1, 3.0 / 7, 3.0 / 7])
    #expect(points.map(\.precision) == [7.0 / 15, 3.0 / 7, 1])
    #expect(points.map(\.cleanShare) == [1, 0, 0])
    #expect(points.map(\.damagedShare) == [1, 1, 0])
    #expect(points.map(\.flagsPerTenThousand) == [2, 1, 0].map { $0 * 10_000 / 18.0 })
  }

  @Test func `names the highest threshold that leaks no more than asked`() {
    #expect(curve.point(forLeakRate: 0.01)?.threshold == 0)
    #expect(curve.point(forLeakRate: 0.6)?.threshold == 90)
    var leaking = LeakCurve()
    leaking.count([], in: GoldDocument(id: "a", text: "Ana", spans: [GoldSpan(0..<3, label: "NAME")]))
    #expect(leaking.point(forLeakRate: 0.5) == nil)
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `agrees at every threshold with scoring what is left above it`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let text = "In May Ana Ruiz of 12 Elm St, Ohio, saw Dr. Price about 3/5 strength on 4 May 2024."
    let spans = [
      GoldSpan(7..<15, label: "NAME"), GoldSpan(19..<28, label: "STREET"),
      GoldSpan(30..<34, label: "LOCATION", isSoft: true), GoldSpan(72..<82, label: "DATE"),
    ]
    let documents = [
      GoldDocument(id: "a", text: text, spans: spans), GoldDocument(id: "b", text: text, spans: []),
    ]
    let findings = documents.map { _ in
      stride(from: 0, to: 80, by: 5).filter { _ in Bool.random(using: &generator) }.map {
        finding($0..<$0 + 1 + Int.random(in: 0..<5, using: &generator), UInt8.random(in: 0...100, using: &generator))
      }
    }
    var curve = LeakCurve()
    for (document, findings) in zip(documents, findings) { curve.count(findings, in: document) }
    for threshold in UInt8(0)...100 {
      var score = Score()
      for (document, findings) in zip(documents, findings) {
        score.count(findings.filter { $0.confidence.percent >= threshold }, in: document)
      }
      let point = curve.point(at: threshold)
      #expect(point.recall == score.recall, "seed \(seed), threshold \(threshold)")
      #expect(point.precision == score.precision, "seed \(seed), threshold \(threshold)")
      #expect(point.flagsPerTenThousand == score.flagsPerTenThousand, "seed \(seed), threshold \(threshold)")
      #expect(point.cleanShare == score.cleanShare, "seed \(seed), threshold \(threshold)")
      #expect(point.damagedShare == score.damagedShare, "seed \(seed), threshold \(threshold)")
    }
  }
}
