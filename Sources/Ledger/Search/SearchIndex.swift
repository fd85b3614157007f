import GRDB
import Storage

/// What can be found in a log without reading all of it: a file derived from the segments, outside the durable path.
///
/// It may be deleted or fall behind at any time, and says how many entries it covers. It holds what leaves hold, no
/// sealed part: names from the configuration, pseudonyms, tags.
package struct SearchIndex: Sendable {
  /// The name of the file in the data directory.
  package static let file = "index.sqlite"
  // A transaction of this size takes a good part of a second, during which another process would wait to write.
  private static let entriesPerCommit = 50_000

  let store: Store
  let log: LogDirectory

  /// Opens the index of the data directory; one that is missing, damaged or of another version is begun anew.
  package init(data: String) throws {
    log = LogDirectory(data: data)
    let path = Directory(data).file(SearchIndex.file)
    do throws(StorageError) {
      store = try Store(path: path, migrations: SearchSchema.migrations, role: .derived)
    } catch {
      guard error.code == .corrupt || error.code == .newerSchema else { throw error }
      for name in ["", "-wal", "-shm"].map({ SearchIndex.file + $0 }) where try Directory(data).names().contains(name) {
        try Directory(data).remove(name)
      }
      store = try Store(path: path, migrations: SearchSchema.migrations, role: .derived)
    }
  }

  /// Takes in what the log has gained, in commits of a bounded size; begins anew when the log is not the one it knows.
  ///
  /// It takes in sealed batches only. Stopped at any point, it goes on from the last commit.
  @discardableResult
  package func update() throws -> SearchCoverage {
    while true {
      let isFinished = try store.write { database in
        let segments = try SegmentList(in: log.segments)
        var position = try SearchPosition.stored(in: database)
        if let known = position, try !known.agrees(with: segments) {
          try SearchSchema.clear(database)
          position = nil
        }
        guard let first = segments.firsts.first else { return true }
        let start = position ?? SearchPosition(segment: first, size: first)
        var run = SearchRun(from: start, in: segments, writer: try SearchWriter(database))
        let isFinished = try run.takeIn(SearchIndex.entriesPerCommit)
        try run.writer?.finish()
        if run.position != position { try run.position.store(in: database) }
        return isFinished
      }
      if isFinished { return try coverage() }
    }
  }

  /// Forgets everything and takes the whole log in again.
  @discardableResult
  package func rebuild() throws -> SearchCoverage {
    try store.write(SearchSchema.clear)
    return try update()
  }

  /// How much of the log the index covers.
  package func coverage() throws -> SearchCoverage {
    let position = try store.read(SearchPosition.stored)
    let segments = try SegmentList(in: log.segments)
    guard let first = segments.firsts.first else { return SearchCoverage(entries: 0, covered: 0) }
    let known = try position.flatMap { try $0.agrees(with: segments) ? $0 : nil }
    let start = known ?? SearchPosition(segment: first, size: first)
    var run = SearchRun(from: start, in: segments, writer: nil)
    _ = try run.takeIn(Int(Int32.max))
    return SearchCoverage(entries: run.position.size, covered: known?.size ?? 0)
  }
}

/// How much of a log a search index covers.
package struct SearchCoverage: Hashable, Sendable {
  /// How many entries the log has, those of unfinished batches left out.
  package let entries: UInt64
  /// How many of them the index knows, from the first on.
  package let covered: UInt64

  /// A coverage.
  package init(entries: UInt64, covered: UInt64) {
    self.entries = entries
    self.covered = covered
  }

  /// Whether entries are missing from the index.
  package var isBehind: Bool { covered < entries }
}
