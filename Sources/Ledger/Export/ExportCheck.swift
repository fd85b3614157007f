import Ciphers

/// Whether an export that arrived somewhere is whole: every selected entry is there, and each is the log's own.
///
/// An export covers what its largest checkpoint does: it is whole when everything selected up to there has arrived.
package struct ExportCheck {
  private var origin: String?
  private var records: [ExportedRecord] = []
  private var verdict = Verdict()
  private var lines = 0
  private var covered: UInt64 = 0

  /// What a check found.
  package struct Verdict: Hashable, Sendable {
    /// How many records were read.
    package internal(set) var records = 0
    /// How many of them came more than once.
    package internal(set) var repeated = 0
    /// The first and the last entry among them.
    package internal(set) var range: ClosedRange<UInt64>?
    /// The entries that are missing.
    package internal(set) var missing: [ClosedRange<UInt64>] = []
    /// The first record that is not what the log has at its index.
    package internal(set) var different: UInt64?
    /// The first record that the log does not have, or that was not selected.
    package internal(set) var unexpected: UInt64?
    /// The first line with a record of another log.
    package internal(set) var otherLog: Int?
    /// The first line that cannot be read.
    package internal(set) var unreadable: Int?
    /// Whether there is nothing from which it could be told what should be there.
    package internal(set) var isUnknown = false

    /// Whether nothing is missing and nothing is wrong.
    package var isWhole: Bool {
      missing.isEmpty && different == nil && unexpected == nil && otherLog == nil && unreadable == nil && !isUnknown
    }
  }

  /// A check of an export of the log of that name, or of the one that its first record names.
  package init(origin: String?) { self.origin = origin }

  /// Takes the next line, without its line end.
  package mutating func take(_ line: [UInt8]) {
    lines += 1
    switch ExportedLine(line) {
    case .frame: return
    case .unreadable: verdict.unreadable = verdict.unreadable ?? lines
    case .records(let found):
      for record in found {
        guard record.place.index < record.place.checkpointSize else {
          verdict.unreadable = verdict.unreadable ?? lines
          continue
        }
        let origin = origin ?? record.place.origin
        self.origin = origin
        guard record.place.origin == origin else {
          verdict.otherLog = verdict.otherLog ?? lines
          continue
        }
        covered = max(covered, record.place.checkpointSize)
        records.append(record.sharing(origin))
      }
    }
  }

  /// Compares what was taken with the log of a data directory, of which `selection` was exported.
  package consuming func compared(
    withLogOf data: String, key: VerifierKey, selection: ExportSelection = ExportSelection()
  ) throws(ExportError) -> Verdict {
    var check = sorted()
    var selection = selection
    // Without a record nothing says which checkpoint was exported, and everything is expected.
    if check.covered > 0 { selection.last = min(selection.last ?? .max, check.covered - 1) }
    var reader = try ExportReader(data: data, key: key, selection: selection)
    var position = 0
    while let entry = try reader.next() {
      check.passOver(before: entry.place.index, &position)
      guard position < check.records.count, check.records[position].place.index == entry.place.index else {
        check.miss(entry.place.index)
        continue
      }
      while position < check.records.count, check.records[position].place.index == entry.place.index {
        if !check.records[position].isExport(of: entry.json, at: entry.place) {
          check.verdict.different = check.verdict.different ?? entry.place.index
        }
        position += 1
      }
    }
    check.passOver(before: .max, &position)
    return check.verdict
  }

  /// Looks for gaps without the log: every index of `selection` that the largest checkpoint covers must be there.
  ///
  /// What was selected by time or event cannot be told from a gap here.
  package consuming func alone(_ selection: ExportSelection = ExportSelection()) -> Verdict {
    var check = sorted()
    check.verdict.isUnknown = check.records.isEmpty
    // INVARIANT: an index is below the size of its checkpoint, so the next one is a number.
    var expected = selection.first
    var previous: ExportedRecord?
    for record in check.records {
      let index = record.place.index
      if index > expected { check.verdict.missing.append(expected...index - 1) }
      if let previous, previous.place.index == index, !previous.agrees(with: record) {
        check.verdict.different = check.verdict.different ?? index
      }
      expected = max(expected, index + 1)
      previous = record
    }
    let end = min(check.covered, selection.last.map { $0 == .max ? $0 : $0 + 1 } ?? .max)
    if expected < end { check.verdict.missing.append(expected...end - 1) }
    return check.verdict
  }

  private consuming func sorted() -> ExportCheck {
    var check = self
    check.records.sort { $0.place.index < $1.place.index }
    check.verdict.records = check.records.count
    check.verdict.repeated = zip(check.records, check.records.dropFirst()).count { $0.place.index == $1.place.index }
    if let first = check.records.first, let last = check.records.last {
      check.verdict.range = first.place.index...last.place.index
    }
    return check
  }

  private mutating func passOver(before index: UInt64, _ position: inout Int) {
    while position < records.count, records[position].place.index < index {
      verdict.unexpected = verdict.unexpected ?? records[position].place.index
      position += 1
    }
  }

  private mutating func miss(_ index: UInt64) {
    if let last = verdict.missing.last, last.upperBound + 1 == index {
      verdict.missing[verdict.missing.count - 1] = last.lowerBound...index
    } else {
      verdict.missing.append(index...index)
    }
  }
}
