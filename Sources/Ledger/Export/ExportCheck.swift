import Ciphers

/// Whether an export that arrived somewhere is whole: every selected entry is there, and each is the log's own.
package struct ExportCheck {
  private var origin: String?
  private var records: [(index: UInt64, leaf: Digest)] = []
  private var verdict = Verdict()
  private var lines = 0

  /// What a check found.
  package struct Verdict: Hashable, Sendable {
    /// How many records were read.
    package internal(set) var records = 0
    /// How many of them came more than once.
    package internal(set) var repeated = 0
    /// The first and the last entry among them.
    package internal(set) var range: ClosedRange<UInt64>?
    /// The entries that are missing between them.
    package internal(set) var missing: [ClosedRange<UInt64>] = []
    /// The first record that is not what the log has at its index.
    package internal(set) var different: UInt64?
    /// The first record that the log does not have, or that was not selected.
    package internal(set) var unexpected: UInt64?
    /// The first line with a record of another log.
    package internal(set) var otherLog: Int?
    /// The first line that cannot be read.
    package internal(set) var unreadable: Int?

    /// Whether nothing is missing and nothing is wrong.
    package var isWhole: Bool {
      missing.isEmpty && different == nil && unexpected == nil && otherLog == nil && unreadable == nil
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
    case .places(let places):
      for place in places {
        origin = origin ?? place.origin
        if place.origin != origin { verdict.otherLog = verdict.otherLog ?? lines }
        if place.index >= place.checkpointSize { verdict.unreadable = verdict.unreadable ?? lines }
        records.append((place.index, place.leaf))
      }
    }
  }

  /// Compares what was taken with the log of a data directory, of which `selection` was exported.
  package consuming func compared(
    withLogOf data: String, key: VerifierKey, selection: ExportSelection = ExportSelection()
  ) throws(ExportError) -> Verdict {
    try sorted { (check, range) throws(ExportError) in
      var selection = selection
      selection.first = max(selection.first, range.lowerBound)
      selection.last = min(selection.last ?? .max, range.upperBound)
      var reader = try ExportReader(data: data, key: key, selection: selection)
      var position = 0
      while let entry = try reader.next() {
        check.passOver(before: entry.place.index, &position)
        guard position < check.records.count, check.records[position].index == entry.place.index else {
          check.miss(entry.place.index)
          continue
        }
        while position < check.records.count, check.records[position].index == entry.place.index {
          if check.records[position].leaf != entry.place.leaf {
            check.verdict.different = check.verdict.different ?? entry.place.index
          }
          position += 1
        }
      }
      check.passOver(before: .max, &position)
    }
  }

  /// Looks for gaps without the log: every index between the first and the last one must be there.
  package consuming func alone() -> Verdict {
    sorted { check, range in
      var expected = range.lowerBound
      var previous: (index: UInt64, leaf: Digest)?
      for record in check.records {
        if record.index > expected { check.verdict.missing.append(expected...record.index - 1) }
        if let previous, previous.index == record.index, previous.leaf != record.leaf {
          check.verdict.different = check.verdict.different ?? record.index
        }
        expected = record.index + 1
        previous = record
      }
    }
  }

  private consuming func sorted<Failure: Error>(
    _ body: (inout ExportCheck, ClosedRange<UInt64>) throws(Failure) -> Void
  ) throws(Failure) -> Verdict {
    var check = self
    check.records.sort { $0.index < $1.index }
    check.verdict.records = check.records.count
    check.verdict.repeated = zip(check.records, check.records.dropFirst()).count { $0.index == $1.index }
    if let first = check.records.first?.index, let last = check.records.last?.index {
      check.verdict.range = first...last
      try body(&check, first...last)
    }
    return check.verdict
  }

  private mutating func passOver(before index: UInt64, _ position: inout Int) {
    while position < records.count, records[position].index < index {
      verdict.unexpected = verdict.unexpected ?? records[position].index
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
