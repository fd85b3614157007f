import Detection
import PHI
import Synchronization
import Testing

struct SecondOpinionTests {
  private let page = Page(Array("Saw Anna Lee. Anna left in 2019. Bo is well. Nurse Kim called.".utf8))

  @Test func `adds what is sure enough where nothing is found yet`() throws {
    let found = finding(.name, 4..<8, 90)
    let opinion = SecondOpinion(reach: .everything, threshold: .high) { _, _ in
      [
        finding(.name, 4..<12, 95), finding(.name, 14..<18, 89), finding(.date, 27..<31, 99),
        finding(.city, 33..<35, 90),
        finding(.name, 33..<35, 97), finding(.name, 51..<54, 91),
      ]
    }
    #expect(
      try opinion.added(to: [found], doubting: [], on: page)
        == [found, finding(.name, 9..<12, 95), finding(.city, 33..<35, 90), finding(.name, 51..<54, 91)])
  }

  @Test func `trusts kinds as far as it is told`() throws {
    let opinion = SecondOpinion(reach: .everything, threshold: .high, thresholds: [.city: .low]) { _, _ in
      [finding(.name, 14..<18, 89), finding(.city, 33..<35, 55)]
    }
    #expect(try opinion.added(to: [], doubting: [], on: page) == [finding(.city, 33..<35, 55)])
  }

  @Test func `asks about what holds a doubt and of nothing else`() throws {
    let asked = Mutex<[Range<Int>]>([])
    let long = Page(Array(String(repeating: "The gait was normal and the wound dry. ", count: 40).utf8))
    let passages = long.passages(upTo: 400)
    let opinion = SecondOpinion(reach: .uncertain) { _, stretches in
      asked.withLock { $0 += stretches }
      return []
    }
    _ = try opinion.added(to: [], doubting: [], on: long)
    #expect(asked.withLock { $0 } == [])
    _ = try opinion.added(to: [], doubting: [500..<503, 505..<509], on: long)
    #expect(asked.withLock { $0 } == passages.filter { $0.contains(501) })
  }

  @Test func `fails when its reader fails`() {
    let opinion = SecondOpinion(reach: .everything) { _, _ throws(SecondOpinionFailure) in
      throw SecondOpinionFailure("the model failed")
    }
    #expect(throws: SecondOpinionFailure("the model failed")) {
      try opinion.added(to: [], doubting: [], on: page)
    }
  }

  @Test(arguments: [
    "", "one", "One. Two. Three.", "A line\nand another\n\n\nand more", String(repeating: "word ", count: 1_000),
    String(repeating: "x", count: 5_000), String(repeating: "Short one. ", count: 300),
  ])
  func `cuts a page into passages that leave out no word`(_ text: String) {
    let page = Page(Array(text.utf8))
    let passages = page.passages(upTo: 100)
    for (left, right) in zip(passages, passages.dropFirst()) { #expect(left.upperBound <= right.lowerBound) }
    for word in page.words {
      #expect(passages.filter { $0.contains(Int(word.start)) && word.end <= $0.upperBound }.count == 1)
    }
    let longest = page.words.map { $0.end - Int($0.start) }.max() ?? 0
    #expect(passages.allSatisfy { $0.count <= 400 + longest })
  }
}

private func finding(_ identifier: Identifier, _ range: Range<Int>, _ percent: UInt8) -> Finding {
  Finding(identifier, at: range, confidence: Confidence(percent: percent), by: "test")
}
