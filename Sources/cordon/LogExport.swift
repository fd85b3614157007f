import Gateway
import Ledger

/// One run of an export: what is read, and how it is written.
struct LogExport: Sendable {
  private static let pieceSize = 1 << 18

  let data: String
  let key: VerifierKey
  let selection: ExportSelection
  let cursor: ExportCursor?
  let exporter: Exporter

  /// Writes the records to a file or to standard output; the cursor after the last one.
  func write(to path: String?) throws -> ExportCursor? {
    var output = if let path { try OutputFile(path) } else { OutputFile() }
    var reader = try ExportReader(data: data, key: key, selection: selection, after: cursor)
    var piece = exporter.opening
    var isEmpty = true
    while let entry = try reader.next() {
      exporter.write(try record(entry), isFirst: isEmpty, into: &piece)
      isEmpty = false
      guard piece.count >= LogExport.pieceSize else { continue }
      try output.write(piece)
      piece.removeAll(keepingCapacity: true)
    }
    try output.write(piece + exporter.closing(isEmpty: isEmpty))
    try output.commit()
    return reader.cursor
  }

  /// Sends the records as syslog messages; the cursor after the last one.
  func send(to receiver: SyslogReceiver, trust: SyslogTrust) async throws -> ExportCursor? {
    let sender = try await SyslogSender(receiver, trust: trust)
    do {
      let cursor = try await send(through: sender)
      try await sender.finish()
      return cursor
    } catch {
      await sender.abandon()
      throw error
    }
  }

  private func send(through sender: SyslogSender) async throws -> ExportCursor? {
    var reader = try ExportReader(data: data, key: key, selection: selection, after: cursor)
    while let entry = try reader.next() {
      var message: [UInt8] = []
      exporter.writeMessage(try record(entry), into: &message)
      try await sender.send(message)
    }
    return reader.cursor
  }

  private func record(_ entry: ExportReader.Item) throws(ExportError) -> AuditRecord {
    do throws(LedgerError) {
      return try AuditRecord(entry.json, at: entry.place)
    } catch {
      throw ExportError(.ledger(error), at: entry.place.index)
    }
  }
}

/// The file in which a continuous export keeps how far it came.
struct CursorFile: Sendable {
  private let path: String

  init(path: String) { self.path = path }

  /// The cursor in the file; nil when there is no file yet.
  func read() throws -> ExportCursor? {
    guard FileStatus(path) != nil else { return nil }
    guard let bytes = TextFile.contents(of: path), let cursor = ExportCursor(bytes) else {
      throw CommandFailure(.unreadableInput, "\(path): it holds no cursor of an export")
    }
    return cursor
  }

  /// Puts a cursor in the place of the one before.
  func write(_ cursor: ExportCursor) throws {
    do throws(FileFailure) {
      var file = try OutputFile(path)
      try file.write(cursor.bytes)
      try file.commit()
    } catch {
      throw CommandFailure(.outputFailed, error.message)
    }
  }
}
