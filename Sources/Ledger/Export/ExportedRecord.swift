import Bytes
import Ciphers

/// A record of an export as it arrived somewhere.
package struct ExportedRecord: Hashable, Sendable {
  /// Where it says that its entry is.
  package private(set) var place: LogPlace
  /// The format that it has; of a `Bundle`, that of its elements.
  let format: ExportFormat
  /// The version of the product that wrote it, where the format has one.
  let version: String
  /// The hash of its text, without frame and envelope.
  let text: Digest

  init(_ place: LogPlace, _ format: ExportFormat, version: String = "", _ text: ArraySlice<UInt8>) {
    self.place = place
    self.format = format
    self.version = version
    self.text = Digest(hashing: Array(text).span)
  }

  /// The same record, with its origin kept where `origin` is.
  func sharing(_ origin: String) -> ExportedRecord {
    var record = self
    record.place = LogPlace(
      origin: origin, index: place.index, leaf: place.leaf, checkpointSize: place.checkpointSize)
    return record
  }

  /// Whether both can be records of the same entry.
  func agrees(with other: ExportedRecord) -> Bool {
    guard place.leaf == other.place.leaf else { return false }
    return place != other.place || format != other.format || version != other.version || text == other.text
  }

  /// Whether it is what the entry at `place`, whose JSON this is, is exported as.
  ///
  /// The size of the checkpoint is the record's own: an earlier export has a smaller one.
  func isExport(of json: [UInt8], at place: LogPlace) -> Bool {
    let place = LogPlace(
      origin: place.origin, index: place.index, leaf: place.leaf, checkpointSize: self.place.checkpointSize)
    guard self.place == place, let record = try? AuditRecord(json, at: place) else { return false }
    return isText(of: record)
  }

  /// Whether its text is that of `record`.
  package func isText(of record: AuditRecord) -> Bool {
    var body: [UInt8] = []
    Exporter(format, version: version).writeBody(record, into: &body)
    // White space at the end of a line is no part of a record, and a value of CEF may end with some.
    while let last = body.last, ASCII.isSpace(last) { body.removeLast() }
    return Digest(hashing: body.span) == text
  }
}
