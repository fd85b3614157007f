import Deidentification
import PHI
import TestKit
import Testing

/// What every method does with values that no detector would find.
struct AnyTextTests {
  private static let pieces = [
    "a", "Z", "x", "7", "0", "é", "日", "𝕏", "٣", "Ⅲ", "½", "e\u{301}", "\u{301}", "'", "’", "-", "/", ":", ".", ",",
    "@",
    "^", "#", " ", "\n", "\t", "\u{A0}", "\u{0}", "[", "]", "_", "May", "14th", "2024", "St", "Dr", "Box", "Hospital",
    "MD", "Jr",
    "de", "at", "dot", "http://", "2e9", "99999999999999999999",
  ]

  @Test(arguments: Deidentification.Method.fixed + [.ageBand(5)], [UInt64(1), 2])
  func `writes text, the same each time, whatever the value`(method: Deidentification.Method, seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let keys = try keys()
    for identifier in Identifier.allCases where method.fits(identifier) {
      let profile = try expert([identifier: method], keys: keys)
      for _ in 0..<200 {
        let count = Int.random(in: 1...7, using: &random)
        let value = (0..<count).map { _ in Self.pieces.randomElement(using: &random) ?? "" }.joined()
        let text = Array("DOB \(value) mo".utf8)
        let finding = Finding(identifier, at: 4..<text.count - 3, confidence: .low, by: "random")
        var first: [UInt8] = []
        var second: [UInt8] = []
        profile.transform(for: identifier).write(finding, in: text.span, into: &first)
        profile.transform(for: identifier).write(finding, in: text.span, into: &second)
        #expect(first == second, "seed \(seed)")
        #expect(String(validating: first, as: UTF8.self) != nil, "seed \(seed), \(identifier)")
      }
    }
  }
}
