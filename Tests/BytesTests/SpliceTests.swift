import Bytes
import TestKit
import Testing

struct SpliceTests {
  @Test func `replaces, inserts and removes in one pass`() {
    let text = Array("Maria saw Dr. Chen".utf8)
    let result = spliced(
      text.span, replacing: [(0..<5, Array("[NAME]".utf8)), (6..<6, Array("re".utf8)), (9..<13, [])])
    #expect(String(decoding: result, as: UTF8.self) == "[NAME] resaw Chen")
  }

  @Test func `copies a text without edits`() {
    #expect(spliced([1, 2, 3].span, replacing: []) == [1, 2, 3])
  }

  @Test func `leaves every byte outside the edits as it was`() {
    let seed: UInt64 = 5
    var random = SeededGenerator(seed: seed)
    for _ in 0..<500 {
      let text = (0..<Int.random(in: 0...100, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      let cuts = (0..<6).map { _ in Int.random(in: 0...text.count, using: &random) }.sorted()
      let edits = [
        (range: cuts[0]..<cuts[1], replacement: [UInt8(1)]), (cuts[2]..<cuts[3], []), (cuts[4]..<cuts[5], [2, 3]),
      ]
      let expected =
        text[..<cuts[0]] + [1] + text[cuts[1]..<cuts[2]] + text[cuts[3]..<cuts[4]] + [2, 3] + text[cuts[5]...]
      #expect(spliced(text.span, replacing: edits) == Array(expected), "seed \(seed)")
    }
  }

  @Test func `traps on edits out of order`() async {
    await #expect(processExitsWith: .failure) {
      _ = spliced([1, 2, 3].span, replacing: [(1..<2, []), (0..<1, [])])
    }
  }

  @Test func `traps on an edit beyond the text`() async {
    await #expect(processExitsWith: .failure) { _ = spliced([1].span, replacing: [(0..<2, [])]) }
  }
}
