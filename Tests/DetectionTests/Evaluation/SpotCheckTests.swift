import Detection
import PHI
import TestKit
import Testing

struct SpotCheckTests {
  private func output(_ id: String, _ stratum: String) -> SpotCheckOutput {
    SpotCheckOutput(id: id, stratum: stratum, source: "out.jsonl", range: 0..<40, length: 20)
  }

  private var outputs: [SpotCheckOutput] {
    (0..<90).map { output("n-\($0)", "note") } + (0..<9).map { output("l-\($0)", "letter") } + [output("s-0", "sms")]
  }

  @Test(
    arguments: [
      (0, [:]), (2, ["note": 1, "letter": 1]), (10, ["note": 7, "letter": 2, "sms": 1]),
      (20, ["note": 17, "letter": 2, "sms": 1]), (100, ["note": 90, "letter": 9, "sms": 1]),
      (500, ["note": 90, "letter": 9, "sms": 1]),
    ] as [(Int, [String: Int])])
  func `draws from each stratum in proportion, at least one`(_ size: Int, _ expected: [String: Int]) {
    let draw = SpotCheckDraw(of: size, from: outputs, seed: 7)
    #expect(Dictionary(grouping: draw.sample, by: \.stratum).mapValues(\.count) == expected)
    #expect(draw.population == ["note": 90, "letter": 9, "sms": 1])
    #expect(Set(draw.sample).count == draw.sample.count)
  }

  @Test func `draws the same for the same seed whatever the order, and something else for another`() {
    let draw = SpotCheckDraw(of: 20, from: outputs, seed: 7)
    #expect(SpotCheckDraw(of: 20, from: outputs.reversed(), seed: 7).sample == draw.sample)
    #expect(SpotCheckDraw(of: 20, from: outputs, seed: 8).sample != draw.sample)
  }

  @Test func `draws every output about as often as any other`() {
    var drawn: [String: Int] = [:]
    for seed in UInt64(0)..<2_000 {
      for each in SpotCheckDraw(of: 10, from: outputs, seed: seed).sample where each.stratum == "note" {
        drawn[each.id, default: 0] += 1
      }
    }
    // 2,000 draws of 7 among 90: 156 each, standard deviation 12.
    #expect(drawn.count == 90)
    #expect(drawn.values.allSatisfy { (96...216).contains($0) })
  }

  @Test func `reads back the sheet it wrote, with and without text`() throws {
    var sheet = SpotCheckSheet(SpotCheckDraw(of: 20, from: outputs, seed: 7), seed: 7)
    sheet.entries[0].isReviewed = true
    sheet.entries[0].leaks = [SpotCheckSheet.Leak(.name, at: 3..<7)]
    #expect(try SpotCheckSheet(reading: sheet.lines()) == sheet)
    #expect(try SpotCheckSheet(reading: sheet.lines { _ in "Mx. [NAME]" }) == sheet)
  }

  @Test func `gives the leak rate of each class with its exact bound`() {
    var sheet = SpotCheckSheet(SpotCheckDraw(of: 20, from: outputs, seed: 7), seed: 7)
    for index in sheet.entries.indices { sheet.entries[index].isReviewed = true }
    let note = sheet.entries.indices.filter { sheet.entries[$0].output.stratum == "note" }
    sheet.entries[note[0]].leaks = [.init(.name, at: 0..<3), .init(.name, at: 5..<7), .init(.date, at: 9..<11)]
    sheet.entries[note[1]].leaks = [.init(.name, at: 0..<3)]
    let result = SpotCheckResult(sheet)
    #expect(result.strata.map(\.name) == ["letter", "note", "sms"])
    #expect(result.strata.map(\.reviewed) == [2, 17, 1])
    #expect(result.strata.map(\.leaking) == [0, 2, 0])
    #expect(result.kinds.map(\.name) == ["NAME", "DATE"])
    #expect(result.kinds.map(\.leaking) == [2, 1])
    #expect(result.kinds.map(\.rate) == [0.1, 0.05])
    // scipy.stats.beta.ppf(0.95, x + 1, n - x)
    let bounds = zip(result.kinds.map(\.bound) + [result.otherKinds.bound], [0.28262, 0.21611, 0.13911])
    #expect(bounds.allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test func `opens a finding for leaks, for a bound too high and for what nobody read`() {
    var sheet = SpotCheckSheet(SpotCheckDraw(of: 10, from: outputs, seed: 7), seed: 7)
    #expect(SpotCheckResult(sheet).findings(allowing: 0, bound: nil) == [.unreviewed(10)])
    for index in sheet.entries.indices { sheet.entries[index].isReviewed = true }
    #expect(SpotCheckResult(sheet).findings(allowing: 0, bound: nil).isEmpty)
    #expect(SpotCheckResult(sheet).findings(allowing: 0, bound: 0.5).count == 2)
    sheet.entries[0].leaks = [.init(.phone, at: 0..<3)]
    let result = SpotCheckResult(sheet)
    #expect(result.findings(allowing: 0, bound: nil) == [.leaks(result.strata[0]), .leaks(result.kinds[0])])
    #expect(result.findings(allowing: 1, bound: nil).isEmpty)
    sheet.entries.removeLast()
    #expect(SpotCheckResult(sheet).findings(allowing: 1, bound: nil) == [.unreviewed(1)])
  }

  static let head = #"{"spot_check":1,"seed":"7","population":{"note":1},"drawn":{"note":1}}"# + "\n"

  @Test(arguments: [
    ("", SpotCheckError(.noHead, line: 1)), ("{", SpotCheckError(.notJSON, line: 1)),
    (#"{"id":"a"}"#, SpotCheckError(.noHead, line: 1)),
    (head + #"{"id":"a"}"#, SpotCheckError(.missingMember, line: 2)),
    (line(#"{"kind":"SOUL","start":0,"end":1}"#), SpotCheckError(.unknownKind, line: 2)),
    (line(#"{"kind":"NAME","start":0,"end":9}"#), SpotCheckError(.leakOutsideText, line: 2)),
    (line(#"{"kind":"NAME","start":2,"end":1}"#), SpotCheckError(.leakOutsideText, line: 2)),
    (line(#"{"kind":"NAME","start":0,"end":1}"#, reviewed: false), SpotCheckError(.leaksUnreviewed, line: 2)),
    (line("") + "\n" + line("").dropFirst(head.count), SpotCheckError(.repeatedID, line: 3)),
    (line("").replacing(#""drawn":{"note":1}"#, with: #""drawn":{"note":0}"#), SpotCheckError(.notDrawn, line: 1)),
    (line("").replacing(#""drawn":{"note":1}"#, with: #""drawn":{"note":2}"#), SpotCheckError(.notDrawn, line: 1)),
    (line("").replacing(#""stratum":"note""#, with: #""stratum":"memo""#), SpotCheckError(.notDrawn, line: 1)),
    (
      #"{"spot_check":1,"seed":"7","population":{"a":9223372036854775807,"b":1},"drawn":{"a":9223372036854775807,"b":1}}"#,
      SpotCheckError(.notDrawn, line: 1)
    ),
  ])
  func `refuses a sheet that says less than a review`(_ sheet: String, _ error: SpotCheckError) {
    #expect(throws: error) { try SpotCheckSheet(reading: Array(sheet.utf8)) }
  }

  private static func line(_ leak: String, reviewed: Bool = true) -> String {
    head
      + #"{"id":"a","stratum":"note","source":"o","start":0,"end":9,"length":8,"reviewed":\#(reviewed),"leaks":[\#(leak)]}"#
  }
}
