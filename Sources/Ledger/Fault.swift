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
    /// A sealed part of the entry is missing.
    case missingPart(Int)
    /// A sealed part of the entry is not the one that it names.
    case changedPart(Int)
    /// A sealed part lies beside the entry that the entry does not name there.
    case strayPart
    /// A part of the entry is not in the blob store, and no disposal of it is recorded.
    case missingBlob(Int)
    /// A part of the entry in the blob store is not the one that it names.
    case changedBlob(Int)
    /// An older checkpoint was signed for other entries, this one or one after it among them.
    case forked(signed: UInt64)
    /// The checkpoint with the cosignatures of witnesses is not one that this log signed.
    case invalidCosignedCheckpoint
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
    case .missingPart(let place): "entry \(index): its sealed part \(place) is missing"
    case .changedPart(let place): "entry \(index): its sealed part \(place) is not the one it names"
    case .strayPart: "entry \(index): a sealed part lies beside it that it does not name there"
    case .missingBlob(let place): "entry \(index): its sealed part \(place) is not in the blob store"
    case .changedBlob(let place): "entry \(index): its sealed part \(place) in the blob store is not the one it names"
    case .forked(let signed):
      "entry \(index): it, or one of those to \(signed - 1), is not what an older checkpoint of \(signed) was signed for"
    case .invalidCosignedCheckpoint: "entry \(index): the cosigned checkpoint is not one that this log signed"
    case .openedTwice: "entry \(index): it opens a request that is open"
    case .closedWithoutOpening: "entry \(index): it closes a request that is not open"
    }
  }
}
