/// The first thing in a log that is not as it was written.
package struct Fault: Error, Hashable, Sendable {
  /// What is wrong.
  package enum Code: Hashable, Sendable {
    /// Bytes that are no record, or a record whose checksum is wrong.
    case unreadableRecord
    /// A record that belongs elsewhere; it says it is this one.
    case outOfOrder(found: UInt64)
    /// A segment's beginning is unreadable, or is another segment's.
    case segmentHeader
    /// A segment that should begin at this entry is missing.
    case missingSegment
    /// One of the entries from this one up to the end given was changed: they are not what was signed.
    case changed(before: UInt64)
    /// The log ends here, before the size its checkpoint was signed for.
    case truncated(signed: UInt64)
    /// The checkpoint is missing.
    case missingCheckpoint
    /// The checkpoint is not a signed note of this log under this key.
    case invalidCheckpoint
    /// An entry's bytes are not those of an entry.
    case malformedEntry
    /// A request that was already open is opened.
    case openedTwice
    /// A request is closed that was not open.
    case closedWithoutOpening
  }

  /// What is wrong.
  package let code: Code
  /// The first entry that it concerns.
  package let index: UInt64

  package init(_ code: Code, at index: UInt64) {
    self.code = code
    self.index = index
  }
}

extension Fault: CustomStringConvertible {
  /// The fault in words.
  package var description: String {
    switch code {
    case .unreadableRecord: "entry \(index): the record is damaged or missing"
    case .outOfOrder(let found): "entry \(index): record \(found) is in its place"
    case .segmentHeader: "entry \(index): the head of its segment is damaged or another segment's"
    case .missingSegment: "entry \(index): its segment is missing"
    case .changed(let end):
      end <= index + 1
        ? "entry \(index): it is not what was signed"
        : "entry \(index): it, or one of those to \(end - 1), is not what was signed"
    case .truncated(let signed): "entry \(index): the log ends before it, and \(signed) entries were signed"
    case .missingCheckpoint: "entry \(index): the checkpoint is missing"
    case .invalidCheckpoint: "entry \(index): the checkpoint is not one signed for this log by this key"
    case .malformedEntry: "entry \(index): its bytes are not those of an entry"
    case .openedTwice: "entry \(index): it opens a request that is open"
    case .closedWithoutOpening: "entry \(index): it closes a request that is not open"
    }
  }
}
