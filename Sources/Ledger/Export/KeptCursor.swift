/// Where a gateway keeps how far the log was delivered to one of its sinks: `log/exports/<sink>.cursor`.
package struct KeptCursor: Sendable {
  private let log: Directory
  private let name: String

  /// The cursor of a sink of the log in a data directory; `sink` is a plain name.
  package init(data: String, sink: ConfiguredName) {
    precondition(!sink.description.utf8.contains(0x2F), "the name of a sink is no path")
    log = LogDirectory(data: data).root
    name = "\(sink).cursor"
  }

  /// The cursor; nil when nothing was delivered yet.
  package func read() throws(ExportError) -> ExportCursor? {
    let found: [UInt8]?
    do throws(LedgerError) { found = try folder.content(of: name) } catch { throw ExportError(.ledger(error), at: 0) }
    guard let found else { return nil }
    guard let cursor = ExportCursor(found) else { throw ExportError(.unreadableCursor, at: 0) }
    return cursor
  }

  /// Puts a cursor in the place of the one before, and returns when it is on stable storage.
  package func write(_ cursor: ExportCursor) throws(ExportError) {
    let bytes = cursor.bytes
    do throws(LedgerError) {
      try folder.create()
      try folder.replace(name, with: bytes.span)
    } catch {
      throw ExportError(.ledger(error), at: cursor.index)
    }
  }

  private var folder: Directory { log.directory("exports") }
}
