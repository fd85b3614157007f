import Bytes
import PHI

extension SpotCheckSheet {
  /// The sheet that `lines` hold, reviewed or not; empty lines are skipped.
  package init(reading lines: [UInt8]) throws(SpotCheckError) {
    var head: (seed: UInt64, population: [String: Int], drawn: [String: Int])?
    var entries: [Entry] = []
    var ids: Set<String> = []
    for (index, line) in lines.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() where !line.isEmpty
    {
      let number = index + 1
      guard let value = try? JSONValue(parsing: Array(line)) else { throw SpotCheckError(.notJSON, line: number) }
      guard head != nil else {
        guard value["spot_check"]?.integer == 1, let seed = value["seed"]?.string.flatMap({ UInt64($0) }),
          let population = SpotCheckSheet.counts(value["population"]), let drawn = SpotCheckSheet.counts(value["drawn"])
        else { throw SpotCheckError(.noHead, line: number) }
        head = (seed, population, drawn)
        continue
      }
      let entry = try Entry(value, line: number)
      guard ids.insert(entry.output.id).inserted else { throw SpotCheckError(.repeatedID, line: number) }
      entries.append(entry)
    }
    guard let head else { throw SpotCheckError(.noHead, line: 1) }
    (seed, population, drawn) = head
    self.entries = entries
    guard isDrawn else { throw SpotCheckError(.notDrawn, line: 1) }
  }

  /// Whether the counts fit each other and the outputs: lines that nobody drew would make the bound better than it is.
  private var isDrawn: Bool {
    var total = 0
    for (name, count) in population {
      let sum = total.addingReportingOverflow(count)
      guard !sum.overflow, drawn[name] ?? 0 <= count else { return false }
      total = sum.partialValue
    }
    return drawn.keys.allSatisfy { population[$0] != nil }
      && Dictionary(grouping: entries, by: \.output.stratum).allSatisfy { $1.count <= drawn[$0] ?? 0 }
  }

  private static func counts(_ value: JSONValue?) -> [String: Int]? {
    guard let members = value?.members else { return nil }
    var counts: [String: Int] = [:]
    for member in members {
      guard let count = member.value.integer, count >= 0 else { return nil }
      counts[member.name] = count
    }
    return counts
  }
}

extension SpotCheckSheet.Entry {
  fileprivate init(_ value: JSONValue, line: Int) throws(SpotCheckError) {
    guard let id = value["id"]?.string, let stratum = value["stratum"]?.string, let source = value["source"]?.string,
      let range = value.range, let length = value["length"]?.integer, let reviewed = value["reviewed"]?.bool,
      let leaks = value["leaks"]?.array
    else { throw SpotCheckError(.missingMember, line: line) }
    output = SpotCheckOutput(id: id, stratum: stratum, source: source, range: range, length: length)
    isReviewed = reviewed
    self.leaks = []
    for leak in leaks {
      guard let kind = leak["kind"]?.string.flatMap(Identifier.init(label:)) else {
        throw SpotCheckError(.unknownKind, line: line)
      }
      guard let range = leak.range, range.upperBound <= length else {
        throw SpotCheckError(.leakOutsideText, line: line)
      }
      self.leaks.append(SpotCheckSheet.Leak(kind, at: range))
    }
    // A leak that was marked was read.
    guard isReviewed || leaks.isEmpty else { throw SpotCheckError(.leaksUnreviewed, line: line) }
  }
}

extension JSONValue {
  fileprivate var range: Range<Int>? {
    guard let start = self["start"]?.integer, let end = self["end"]?.integer, 0 <= start, start <= end else {
      return nil
    }
    return start..<end
  }
}

/// Why a review sheet cannot be read.
package struct SpotCheckError: Error, Hashable, Sendable {
  /// What is wrong.
  package enum Code: Sendable {
    case notJSON, noHead, missingMember, unknownKind, leakOutsideText, leaksUnreviewed, repeatedID, notDrawn
  }

  /// What is wrong.
  package let code: Code
  /// The line of the sheet, from 1.
  package let line: Int

  /// What is wrong on a line.
  package init(_ code: Code, line: Int) {
    self.code = code
    self.line = line
  }
}

extension SpotCheckError: CustomStringConvertible {
  /// What is wrong and where.
  package var description: String {
    switch code {
    case .notJSON: "line \(line) is not JSON"
    case .noHead: "line \(line) is not the first line of a review sheet"
    case .missingMember: "line \(line) lacks a member of a reviewed output"
    case .unknownKind: "line \(line) has a leak of an unknown kind"
    case .leakOutsideText: "line \(line) has a leak without a place in the text"
    case .leaksUnreviewed: "line \(line) has leaks but is not `reviewed`"
    case .repeatedID: "line \(line) repeats the id of another"
    case .notDrawn: "line \(line) does not say that so many outputs were drawn from so many"
    }
  }
}
