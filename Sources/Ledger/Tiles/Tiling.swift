import Synchronization

/// Publishes the checkpoints of a log that is written, each after the tiles of its entries, on a thread of its own.
///
/// C2SP `tlog-tiles` wants every tile that a checkpoint needs to be there before the checkpoint is. So tiles are derived
/// just before each publication, and by the same thread; the thread that writes batches tells only how far it has
/// come, and never waits. Between the two moments the tiles have entries that no published checkpoint covers yet, but
/// none that is not sealed and on stable storage.
///
/// Where the tiles cannot be written, no further checkpoint is published, and the log stops: without checkpoints
/// somebody could cut it short unnoticed.
final class Tiling: Sendable {
  private struct State {
    var newest: Seal?
    var published: UInt64?
    var sleeps = false
    var finishes = false
    var ended = false
    var failure: LedgerError?
  }

  private static let markInterval: Duration = .seconds(60)

  private let log: LogDirectory
  private let key: VerifierKey
  private let interval: Duration
  private let state = Mutex(State())
  private let bell: Bell
  private let end: Bell

  /// Begins to publish for the log's owner, at most once in `interval`.
  init(_ log: LogDirectory, key: VerifierKey, every interval: Duration) throws(LedgerError) {
    self.log = log
    self.key = key
    self.interval = interval
    bell = try Bell()
    end = try Bell()
    try startThread { self.run() }
  }

  /// Why no more is published; nil while all is well.
  var failure: LedgerError? { state.withLock { $0.failure } }

  /// The size of the checkpoint published last; nil before the first.
  var published: UInt64? { state.withLock { $0.published } }

  /// Has the state of the log at `seal`, which is on stable storage, published when it is due.
  func publish(_ seal: Seal) {
    let rings = state.withLock { state in
      state.newest = seal
      defer { state.sleeps = false }
      return state.sleeps
    }
    if rings { bell.ring() }
  }

  /// Publishes what is not published yet, and ends; the error says why it could not.
  func finish() throws(LedgerError) {
    state.withLock { $0.finishes = true }
    bell.ring()
    while true {
      let (ended, failure) = state.withLock { ($0.ended, $0.failure) }
      if let failure { throw failure }
      if ended { return }
      end.wait(milliseconds: -1)
    }
  }

  private func run() {
    do throws(LedgerError) {
      try publishAll()
    } catch {
      state.withLock { $0.failure = error }
    }
    state.withLock { $0.ended = true }
    end.ring()
  }

  private func publishAll() throws(LedgerError) {
    let mark = TileMark(in: log.root)
    var tiles = try TileWriter(log, in: TileFolder(in: log.root), after: mark.size())
    var last = ContinuousClock.now - interval
    var marked = ContinuousClock.now
    while let seal = next(notBefore: last + interval) {
      let checkpoint = seal.checkpoint(origin: key.name)
      do throws(LedgerError) {
        try tiles.update(to: checkpoint)
      } catch {
        // Tiles that somebody changed are derived anew; if that does not help, the segments themselves were changed.
        guard case .damaged = error.code else { throw error }
        try mark.clear()
        tiles = try TileWriter(log, in: TileFolder(in: log.root), after: 0)
        try tiles.update(to: checkpoint)
      }
      try log.publish(seal, by: key)
      last = .now
      state.withLock { $0.published = seal.size }
      guard marked.duration(to: last) >= Tiling.markInterval else { continue }
      try mark.move(to: seal.size)
      marked = last
    }
    if let published, try mark.size() != published { try mark.move(to: published) }
  }

  /// The newest state that is not published, when it is due; nil when there is nothing more to publish.
  private func next(notBefore due: ContinuousClock.Instant) -> Seal? {
    while true {
      let (seal, milliseconds) = state.withLock { state -> (Seal?, Int32?) in
        let seal = state.newest.flatMap { $0.size == state.published ? nil : $0 }
        let rest = ContinuousClock.now.duration(to: due)
        if state.finishes || seal != nil && rest <= .zero { return (seal, nil) }
        state.sleeps = seal == nil
        return (nil, seal == nil ? -1 : Int32(clamping: Int64(rest / .milliseconds(1)) + 1))
      }
      guard let milliseconds else { return seal }
      bell.wait(milliseconds: milliseconds)
    }
  }
}
