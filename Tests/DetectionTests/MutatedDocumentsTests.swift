import Bytes
import Detection
import Foundation
import PHI
import TestKit
import Testing

/// Documents cut, doubled, scrambled and strewn with marks: whatever comes in, the process lives and ranges are sound.
struct MutatedDocumentsTests {
  private static let strewn = [
    ",", "\n", "|", "^", "\"", "{", "}", "PID|", "ISA*", "  ", "é", "\u{301}", "\u{A0}", "５", "-", "'", "(", "St.",
    "Dr.",
    "MRN:", "99", "/", ":", "@", ".", "<a>", "~", "*", "\t", "and", "’", "DOB ", "[", "]", "#", "\u{200B}", "王",
  ].map { Array($0.unicodeScalars) }

  @Test(arguments: [20_261_121, 7, 1_987] as [UInt64])
  func `gives sound findings for mutated documents`(_ seed: UInt64) throws {
    let documents = try Self.documents()
    var generator = SeededGenerator(seed: seed)
    let scanner = Scanner()
    for round in 0..<4_000 {
      var scalars = try #require(documents.randomElement(using: &generator))
      Self.mutate(&scalars, using: &generator)
      var text = String(String.UnicodeScalarView(scalars))
      if round % 9 == 0 { text = text.uppercased() }
      if round % 9 == 1 { text = text.lowercased() }
      let bytes = Array(text.utf8)
      var end = 0
      for finding in scanner.findings(in: bytes) {
        #expect(finding.range.lowerBound >= end && finding.range.upperBound <= bytes.count, "seed \(seed)")
        #expect(String(validating: bytes[finding.range], as: UTF8.self) != nil, "seed \(seed)")
        end = finding.range.upperBound
      }
    }
  }

  @Test func `gives sound findings for every beginning of a document`() throws {
    let scanner = Scanner()
    for scalars in try Self.documents() {
      for length in stride(from: 0, through: scalars.count, by: 3) {
        for mark in ["", ", ", "(", "'"] {
          let bytes = Array((String(String.UnicodeScalarView(scalars[..<length])) + mark).utf8.suffix(400))
          guard String(validating: bytes, as: UTF8.self) != nil else { continue }
          for finding in scanner.findings(in: bytes) { #expect(finding.range.upperBound <= bytes.count) }
        }
      }
    }
  }

  private static func documents() throws -> [[Unicode.Scalar]] {
    let gold = URL(filePath: #filePath).appending(path: "../../Gold/gold.jsonl").standardizedFileURL
    return try String(contentsOf: gold, encoding: .utf8).split(separator: "\n").map { line in
      Array(try #require(try JSONValue(parsing: Array(line.utf8))["text"]?.string).unicodeScalars)
    }
  }

  private static func mutate(_ scalars: inout [Unicode.Scalar], using generator: inout SeededGenerator) {
    if Int.random(in: 0..<10, using: &generator) < 7 {
      let start = Int.random(in: 0...scalars.count, using: &generator)
      let length = [5, 20, 80, 300, 2_000].randomElement(using: &generator) ?? 5
      scalars = Array(scalars[start...].prefix(length))
    }
    for _ in 0..<Int.random(in: 0...12, using: &generator) {
      let place = Int.random(in: 0...scalars.count, using: &generator)
      switch Int.random(in: 0..<3, using: &generator) {
      case 0: scalars.insert(contentsOf: strewn.randomElement(using: &generator) ?? [], at: place)
      case 1: scalars.removeSubrange(place..<min(place + 5, scalars.count))
      default: scalars.insert(contentsOf: Array(scalars[max(0, place - 25)..<place]), at: place)
      }
    }
  }
}
