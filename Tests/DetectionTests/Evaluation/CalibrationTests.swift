import Detection
import PHI
import TestKit
import Testing

struct CalibrationTests {
  private func judged(
    _ percent: UInt8, right: Int, of count: Int, _ identifier: Identifier = .name, by detector: DetectorName = "test"
  ) -> [JudgedFinding] {
    (0..<count).map { index in
      JudgedFinding(
        Finding(identifier, at: 0..<1, confidence: Confidence(percent: percent), by: detector), isCorrect: index < right
      )
    }
  }

  private func percent(
    _ scale: ConfidenceScale, _ raw: UInt8, _ identifier: Identifier, by detector: DetectorName = "test"
  ) -> UInt8 {
    scale.calibrated(Finding(identifier, at: 0..<1, confidence: Confidence(percent: raw), by: detector)).confidence
      .percent
  }

  @Test func `pools neighbours whose accuracy falls, and keeps those that rise`() {
    let scale = ConfidenceScale(
      fitting: judged(50, right: 3, of: 10) + judged(60, right: 9, of: 10)
        + judged(70, right: 5, of: 10) + judged(90, right: 19, of: 20))
    #expect(scale == ConfidenceScale(shared: [.init(50, 30), .init(60, 70), .init(90, 95)]))
  }

  @Test(arguments: [(0, 30), (50, 30), (59, 30), (60, 70), (89, 70), (90, 95), (100, 95)] as [(UInt8, UInt8)])
  func `gives a confidence what its step is worth`(_ raw: UInt8, _ calibrated: UInt8) {
    let scale = ConfidenceScale(shared: [.init(50, 30), .init(60, 70), .init(90, 95)])
    #expect(percent(scale, raw, .name) == calibrated)
  }

  @Test func `gives a kind with enough findings steps of its own`() {
    let scale = ConfidenceScale(
      fitting: judged(75, right: 90, of: 100, .date) + judged(75, right: 5, of: 10, .city), enough: 50)
    #expect(percent(scale, 75, .date) == 90)
    #expect(percent(scale, 75, .city) == 86)
  }

  @Test func `tells detectors of one kind apart when each found enough`() {
    let scale = ConfidenceScale(
      fitting: judged(75, right: 90, of: 100) + judged(75, right: 50, of: 100, by: "other")
        + judged(75, right: 1, of: 10, by: "third"), enough: 50)
    #expect(percent(scale, 75, .name) == 90)
    #expect(percent(scale, 75, .name, by: "other") == 50)
    #expect(percent(scale, 75, .name, by: "third") == 67)
    #expect(scale.scopes == [.init(.name), .init(.name, by: "other"), .init(.name, by: "test")])
  }

  @Test func `never claims certainty, and leaves confidences alone without steps`() {
    let scale = ConfidenceScale(fitting: judged(40, right: 0, of: 9) + judged(99, right: 9, of: 9))
    #expect(scale.shared == [.init(40, 1), .init(99, 99)])
    #expect(percent(.identity, 75, .name) == 75)
  }

  @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
  func `fits steps that never fall`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let findings = (0..<500).flatMap { _ in
      judged(.random(in: 0...100, using: &generator), right: .random(in: 0...1, using: &generator), of: 1)
    }
    let steps = ConfidenceScale(fitting: findings).shared
    #expect(zip(steps, steps.dropFirst()).allSatisfy { $0.percent < $1.percent && $0.calibrated <= $1.calibrated })
  }

  @Test func `measures how far confidence and truth lie apart`() {
    let reliability = Reliability(judged(90, right: 3, of: 4) + judged(50, right: 0, of: 1))
    #expect(abs(reliability.brier - (3 * 0.01 + 0.81 + 0.25) / 5) < 1e-12)
    #expect(abs(reliability.expectedError - (0.15 * 4 + 0.5 * 1) / 5) < 1e-12)
    #expect(reliability.bins.map(\.percents) == [50...59, 90...100])
    #expect(reliability.bins.map(\.accuracy) == [0, 0.75])
  }

  @Test func `judges each document by a scale fitted without it`() {
    // Every document but the first is wrong at 90: the first is held to 1 %, the others to what the first teaches.
    let documents = [judged(90, right: 2, of: 2), judged(90, right: 0, of: 2)]
    let calibration = Calibration(documents, folds: 2)
    #expect(calibration.heldOut.bins.map(\.percents) == [0...9, 90...100])
    #expect(calibration.heldOut.bins.map(\.accuracy) == [1, 0])
    #expect(calibration.scale == ConfidenceScale(shared: [.init(90, 50)]))
    #expect(calibration.findings.isEmpty)
  }

  @Test func `writes itself as Swift`() {
    let scale = ConfidenceScale(
      shared: [.init(55, 61), .init(90, 97)],
      own: [.init(.zipCode): [.init(75, 80)], .init(.name, by: "person-name"): [.init(75, 94), .init(90, 99)]])
    #expect(
      scale.source(fittedOn: "two corpora") == """
        import PHI

        extension ConfidenceScale {
          /// Fitted by `cordon evaluate --scale` on two corpora.
          package static let standard = ConfidenceScale(
            shared: [.init(55, 61), .init(90, 97)],
            own: [
              .init(.name, by: "person-name"): [.init(75, 94), .init(90, 99)],
              .init(.zipCode): [.init(75, 80)],
            ])
        }

        """)
  }
}

struct JudgedFindingTests {
  @Test(arguments: [(0..<8, true, false), (4..<13, false, false), (9..<13, false, true), (5..<10, true, false)])
  func `is right when more than half of what counts is marked`(_ range: Range<Int>, _ right: Bool, _ wrong: Bool) {
    let document = GoldDocument(id: "a", text: "Ana Ruiz left", spans: [GoldSpan(0..<8, label: "NAME")])
    let finding = Finding(.name, at: range, confidence: .high, by: "test")
    #expect(ScoreSheet(document, [finding]).judged() == [JudgedFinding(finding, isCorrect: right, isFalse: wrong)])
  }

  @Test func `is not judged when nothing of it counts`() {
    let document = GoldDocument(id: "a", text: "in Ohio", spans: [GoldSpan(3..<7, label: "STATE", isSoft: true)])
    #expect(ScoreSheet(document, [Finding(.city, at: 3..<7, confidence: .high, by: "test")]).judged().isEmpty)
  }
}
