import Synchronization

/// The log in the format of another system, piece by piece, as it grows.
///
/// It reads what the published checkpoint covers from the segments. So whoever takes the pieces keeps nobody waiting
/// who writes to the log, and however long they take, the next piece goes on where the last one ended.
package final class ExportFeed: Sendable {
  /// Some records in a row.
  package struct Piece: Hashable, Sendable {
    /// The records: messages of RFC 5424 without a frame, or lines.
    package let records: [[UInt8]]
    /// The cursor after them.
    package let cursor: ExportCursor
  }

  /// Whether records are lines of a file or messages that are sent.
  package enum Form: Sendable {
    case line
    case message
  }

  private struct State: ~Copyable {
    var reader: ExportReader?
    /// After which entry the next piece begins.
    var cursor: ExportCursor?
  }

  private let data: String
  private let key: VerifierKey
  private let exporter: Exporter
  private let form: Form
  private let state: Mutex<State>

  /// A feed of the log of a data directory, which begins after `cursor`.
  package init(data: String, key: VerifierKey, exporter: Exporter, form: Form, after cursor: ExportCursor?) {
    self.data = data
    self.key = key
    self.exporter = exporter
    self.form = form
    state = Mutex(State(reader: nil, cursor: cursor))
  }

  /// How many entries the published checkpoint covers.
  package func size() throws(ExportError) -> UInt64 { try ExportFeed.size(ofLogIn: data, key: key) }

  /// How many entries the published checkpoint of the log of a data directory covers.
  package static func size(ofLogIn data: String, key: VerifierKey) throws(ExportError) -> UInt64 {
    try ExportReader.checkpoint(of: LogDirectory(data: data), key).size
  }

  /// The next records, up to about `length` bytes; nil while there are none.
  ///
  /// It blocks on the disk. After an error, or after `rewind`, it begins again after the last cursor that was kept.
  package func next(_ length: Int = 1 << 18) throws(ExportError) -> Piece? {
    try state.withLock { (state) throws(ExportError) in
      do throws(ExportError) {
        return try next(length, &state)
      } catch {
        state.reader = nil
        throw error
      }
    }
  }

  /// Goes back to the end of the piece that `cursor` came with: what followed did not arrive.
  package func rewind(to cursor: ExportCursor?) {
    state.withLock { state in
      state.reader = nil
      state.cursor = cursor
    }
  }

  private func next(_ length: Int, _ state: inout State) throws(ExportError) -> Piece? {
    if state.reader == nil {
      state.reader = try ExportReader(data: data, key: key, after: state.cursor)
    } else {
      try state.reader?.renew()
    }
    var records: [[UInt8]] = []
    var bytes = 0
    while bytes < length, let entry = try state.reader?.next() {
      let record = try record(of: entry)
      records.append(record)
      bytes += record.count
    }
    guard !records.isEmpty, let cursor = state.reader?.cursor else { return nil }
    state.cursor = cursor
    return Piece(records: records, cursor: cursor)
  }

  private func record(of entry: ExportReader.Item) throws(ExportError) -> [UInt8] {
    let record: AuditRecord
    do throws(LedgerError) {
      record = try AuditRecord(entry.json, at: entry.place)
    } catch {
      throw ExportError(.ledger(error), at: entry.place.index)
    }
    var bytes: [UInt8] = []
    switch form {
    case .line: exporter.write(record, isFirst: true, into: &bytes)
    case .message: exporter.writeMessage(record, into: &bytes)
    }
    return bytes
  }
}
