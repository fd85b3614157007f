import Bytes
package import PHI

/// A review sheet: the outputs drawn, and what the reviewer marked in them.
///
/// It is JSON lines. The first line says how the sample was drawn; each of the others is an output, with
/// `"reviewed": false` and no `leaks` until the reviewer writes `true` and `{"kind", "start", "end"}` for each
/// identifier that is still there, in bytes of the output's text.
package struct SpotCheckSheet: Sendable, Hashable {
  /// An output and the reviewer's word on it.
  package struct Entry: Sendable, Hashable {
    /// The output.
    package var output: SpotCheckOutput
    /// Whether the reviewer has read it.
    package var isReviewed = false
    /// The identifiers that the reviewer found in it.
    package var leaks: [Leak] = []
  }

  /// An identifier that was left in an output.
  package struct Leak: Sendable, Hashable {
    /// What kind it is.
    package var kind: Identifier
    /// Where it is, in bytes of the output's text.
    package var range: Range<Int>

    /// A leak.
    package init(_ kind: Identifier, at range: Range<Int>) {
      self.kind = kind
      self.range = range
    }
  }

  /// What the sample was drawn with.
  package var seed: UInt64
  /// How many outputs each stratum has, and how many of them were drawn.
  package var population: [String: Int]
  package var drawn: [String: Int]
  /// The outputs drawn.
  package var entries: [Entry]

  /// The sheet to review for a draw.
  package init(_ draw: SpotCheckDraw, seed: UInt64) {
    self.seed = seed
    population = draw.population
    drawn = Dictionary(grouping: draw.sample, by: \.stratum).mapValues(\.count)
    entries = draw.sample.map { Entry(output: $0) }
  }

  /// The sheet as JSON lines, with the text that `text` gives for an output beside it.
  package func lines(text: (SpotCheckOutput) -> String? = { _ in nil }) -> [UInt8] {
    func counts(_ counts: [String: Int]) -> JSONValue {
      .object(counts.sorted { $0.key < $1.key }.map { JSONMember($0.key, .integer($0.value)) })
    }
    let head: JSONValue = [
      "spot_check": 1, "seed": .string(String(seed)), "population": counts(population), "drawn": counts(drawn),
    ]
    return ([head] + entries.map { $0.json(text: text($0.output)) }).flatMap { $0.bytes + [0x0A] }
  }
}

extension SpotCheckSheet.Entry {
  fileprivate func json(text: String?) -> JSONValue {
    var members = [
      JSONMember("id", .string(output.id)), JSONMember("stratum", .string(output.stratum)),
      JSONMember("source", .string(output.source)), JSONMember("start", .integer(output.range.lowerBound)),
      JSONMember("end", .integer(output.range.upperBound)), JSONMember("length", .integer(output.length)),
    ]
    if let text { members.append(JSONMember("text", .string(text))) }
    members.append(JSONMember("reviewed", .bool(isReviewed)))
    members.append(
      JSONMember(
        "leaks",
        .array(
          leaks.map {
            [
              "kind": .string($0.kind.label), "start": .integer($0.range.lowerBound),
              "end": .integer($0.range.upperBound),
            ]
          })))
    return .object(members)
  }
}
