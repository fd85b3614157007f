import Ciphers
import GRDB
import Storage

/// What can be found in a log without reading all of it: a file derived from the segments, outside the durable path.
///
/// It may be deleted or fall behind at any time, and says how many entries it covers. It is under no seal: what it finds
/// is shown as the log's key signed it, and what it does not find may be there all the same. It holds what leaves hold, no
/// sealed part: names from the configuration, pseudonyms, tags.
package struct SearchIndex: Sendable {
  /// The name of the file in the data directory.
  package static let file = "index.sqlite"
  // A transaction of this size takes a good part of a second, during which another process would wait to write.
  private static let entriesPerCommit = 50_000

  let data: String
  let log: LogDirectory
  private let file: SearchFile

  /// Opens the index of the data directory; one that is missing, damaged or of another version is begun anew.
  package init(data: String) throws {
    self.data = data
    log = LogDirectory(data: data)
    file = try SearchFile(data: data)
  }

  /// Takes in what the log has gained, in commits of a bounded size; begins anew when the log is not the one it knows,
  /// or when the file is found to be damaged.
  ///
  /// It takes in sealed batches only. Stopped at any point, it goes on from the last commit.
  @discardableResult
  package func update() throws -> SearchCoverage {
    do {
      try takeIn()
    } catch let error as StorageError where error.code == .corrupt {
      try file.renew()
      try takeIn()
    }
    return try coverage()
  }

  private func takeIn() throws {
    var isFinished = false
    try file.store.write(SearchIndex.forgetUncounted)
    while !isFinished {
      isFinished = try file.store.write { database in
        let segments = try SegmentList(in: log.segments)
        var position = try SearchPosition.stored(in: database)
        if let known = position, try !known.agrees(with: segments) {
          try SearchSchema.clear(database)
          position = nil
        }
        // A log begins with its first entry: segments without it are no log.
        guard segments.firsts.first == 0 else { return true }
        let key = try Custody.verifier(data: data)
        let (isFinished, isAtDamage) = try takeIn(from: position, key, database)
        // What the index says of where it is may be what is wrong.
        if isAtDamage, let position, try !position.isPlace(of: log, signedBy: key) {
          try SearchSchema.clear(database)
          return false
        }
        return isFinished
      }
    }
  }

  private func takeIn(
    from position: SearchPosition?, _ key: VerifierKey, _ database: Database
  ) throws -> (isFinished: Bool, isAtDamage: Bool) {
    let writer = try SearchWriter(database)
    do {
      var run = try SearchRun(log, signedBy: key, from: position, writer: writer)
      let isFinished = try run.takeIn(SearchIndex.entriesPerCommit)
      try run.writer?.finish()
      if let reached = run.position, reached != position { try reached.store(in: database) }
      return (isFinished, run.isAtDamage)
    } catch let error as LedgerError {
      // Where the log does not even begin as it was written.
      guard case .damaged = error.code else { throw error }
      return (true, true)
    }
  }

  /// Forgets everything where entries were taken away or put in: there are not as many as were taken in.
  private static func forgetUncounted(_ database: Database) throws {
    let size = try SearchPosition.stored(in: database)?.size ?? 0
    guard try !SearchSchema.isWhole(database, size: size) else { return }
    try SearchSchema.clear(database)
  }

  /// What `body` reads; where the file is found to be damaged, it is begun anew with the whole log first.
  func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
    do {
      return try file.store.read(body)
    } catch let error as StorageError where error.code == .corrupt {
      try file.renew()
      try takeIn()
      return try file.store.read(body)
    }
  }

  /// Forgets everything and takes the whole log in again.
  @discardableResult
  package func rebuild() throws -> SearchCoverage {
    do {
      try file.store.write(SearchSchema.clear)
    } catch let error as StorageError where error.code == .corrupt {
      try file.renew()
    }
    return try update()
  }

  /// How much of the log the index covers.
  package func coverage() throws -> SearchCoverage {
    let position = try read(SearchPosition.stored)
    let segments = try SegmentList(in: log.segments)
    guard segments.firsts.first == 0 else { return SearchCoverage(entries: 0, covered: 0) }
    let known = try position.flatMap { try $0.agrees(with: segments) ? $0 : nil }
    let key = try Custody.verifier(data: data)
    // Of a damaged log the checkpoint says how long it was.
    var published: UInt64 = 0
    if case .success(let checkpoint) = try log.checkpoint(signedBy: key) { published = checkpoint.size }
    do {
      var run = try SearchRun(log, signedBy: key, from: known, writer: nil)
      _ = try run.takeIn(Int(Int32.max))
      return SearchCoverage(entries: max(run.size, published), covered: known?.size ?? 0)
    } catch let error as LedgerError {
      guard case .damaged = error.code else { throw error }
      return SearchCoverage(entries: max(known?.size ?? 0, published), covered: known?.size ?? 0)
    }
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
