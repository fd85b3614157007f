import Synchronization

/// Publishes the checkpoints of a log that is written, each after the tiles of its entries, on a thread of its own.
///
/// C2SP `tlog-tiles` wants every tile that a checkpoint needs to be there before the checkpoint is. So tiles are derived
/// just before each publication, and by the same thread. The thread that writes batches hands over what it has written;
/// where too much waits, it is read from the segments instead. It never waits for tiles, unless the checkpoint falls
/// behind by more than `Limits.checkpointLag`. Between the two moments the tiles have entries that no published checkpoint covers yet, but
/// none that is not sealed and on stable storage.
///
/// Where the tiles cannot be written, no further checkpoint is published, and the log stops: without checkpoints
/// somebody could cut it short unnoticed.
final class Tiling: Sendable {
  typealias Reply = CheckedContinuation<Result<LogStanding, LedgerError>, Never>

  private struct State {
    var newest: Seal?
    var standing: LogStanding?
    var published: UInt64? { standing?.size }
    /// Those who wait until so many entries are covered.
    var waiting: [(size: UInt64, reply: Reply)] = []
    /// What is on its way to the tiles.
    var leaves = WrittenLeaves()
    /// Since when there has been something to publish.
    var waitingSince: ContinuousClock.Instant?
    var writerWaits = false
    var sleeps = false
    var finishes = false
    var ended = false
    var failure: LedgerError?
  }

  private static let markInterval: Duration = .seconds(60)

  private let log: LogDirectory
  private let key: VerifierKey
  private let interval: Duration
  private let lag: Duration
  private let state = Mutex(State())
  private let bell: Bell
  private let progress: Bell

  /// Begins to publish for the log's owner, within these limits.
  init(_ log: LogDirectory, key: VerifierKey, _ limits: AuditLog.Limits) throws(LedgerError) {
    self.log = log
    self.key = key
    interval = limits.checkpointInterval
    lag = limits.checkpointInterval + limits.checkpointLag
    bell = try Bell()
    progress = try Bell()
    try startThread { self.run() }
  }

  /// Why no more is published; nil while all is well.
  var failure: LedgerError? { state.withLock { $0.failure } }

  /// The size of the checkpoint published last; nil before the first.
  var published: UInt64? { state.withLock { $0.published } }

  /// Has the state of the log at `seal`, which is on stable storage, published when it is due.
  ///
  /// The entries since the last state are `drafts`, and the segments go on at `place`.
  func publish(_ seal: Seal, _ drafts: [Draft] = [], endingAt place: LeafPlace? = nil) {
    let now = ContinuousClock.now
    let rings = state.withLock { state in
      state.newest = seal
      state.waitingSince = state.waitingSince ?? now
      if let place { state.leaves.append(drafts, endingAt: place) }
      defer { state.sleeps = false }
      return state.sleeps
    }
    if rings { bell.ring() }
  }

  /// Where the log stands by its published checkpoint, once that covers `size` entries, which are on stable storage.
  ///
  /// Whoever waits for it has it published at once.
  func standing(covering size: UInt64) async -> Result<LogStanding, LedgerError> {
    await withCheckedContinuation { reply in
      let answer = state.withLock { state -> Result<LogStanding, LedgerError>? in
        if let standing = state.standing, standing.size >= size { return .success(standing) }
        if state.ended { return .failure(state.failure ?? LedgerError(.closed)) }
        state.waiting.append((size, reply))
        return nil
      }
      if let answer { reply.resume(returning: answer) } else { bell.ring() }
    }
  }

  /// Returns when nothing has waited for its checkpoint for longer than is allowed.
  func keepUp() throws(LedgerError) {
    while true {
      let (isBehind, failure) = state.withLock { state in
        let isBehind = state.waitingSince.map { $0.duration(to: .now) > lag } ?? false
        state.writerWaits = isBehind
        return (isBehind && !state.ended, state.failure)
      }
      if let failure { throw failure }
      guard isBehind else { return }
      progress.wait(milliseconds: -1)
    }
  }

  /// Publishes what is not published yet, and ends; the error says why it could not.
  func finish() throws(LedgerError) {
    state.withLock { $0.finishes = true }
    bell.ring()
    while true {
      let (ended, failure) = state.withLock { ($0.ended, $0.failure) }
      if let failure { throw failure }
      if ended { return }
      progress.wait(milliseconds: -1)
    }
  }

  private func run() {
    do throws(LedgerError) {
      try publishAll()
    } catch {
      state.withLock { $0.failure = error }
    }
    let (waiting, failure) = state.withLock { state in
      state.ended = true
      defer { state.waiting = [] }
      return (state.waiting, state.failure)
    }
    for one in waiting { one.reply.resume(returning: .failure(failure ?? LedgerError(.closed))) }
    progress.ring()
  }

  private func publishAll() throws(LedgerError) {
    let mark = TileMark(in: log.root)
    var tiles = try TileWriter(log, in: TileFolder(in: log.root), after: mark.size())
    var last = ContinuousClock.now - interval
    var marked = ContinuousClock.now
    var leaves = WrittenLeaves()
    while let seal = next(notBefore: last + interval, &leaves) {
      let taken = ContinuousClock.now
      let checkpoint = seal.checkpoint(origin: key.name)
      do throws(LedgerError) {
        try tiles.take(leaves)
        try tiles.update(to: checkpoint)
      } catch {
        // Tiles that somebody changed are derived anew; if that does not help, the segments themselves were changed.
        guard case .damaged = error.code else { throw error }
        try mark.clear()
        tiles = try TileWriter(log, in: TileFolder(in: log.root), after: 0)
        try tiles.update(to: checkpoint)
      }
      let standing = LogStanding(size: seal.size, note: try log.publish(seal, by: key))
      last = .now
      let (rings, answered) = state.withLock { state in
        state.standing = standing
        state.waitingSince = state.newest?.size == seal.size ? nil : taken
        let end = state.waiting.partition { $0.size <= standing.size }
        let answered = Array(state.waiting[end...])
        state.waiting.removeSubrange(end...)
        defer { state.writerWaits = false }
        return (state.writerWaits, answered)
      }
      for one in answered { one.reply.resume(returning: .success(standing)) }
      if rings { progress.ring() }
      guard marked.duration(to: last) >= Tiling.markInterval else { continue }
      try mark.move(to: seal.size)
      marked = last
    }
    if let published, try mark.size() != published { try mark.move(to: published) }
  }

  /// The newest state that is not published, when it is due, and what was written up to it in place of `leaves`; nil
  /// when there is nothing more to publish.
  private func next(notBefore due: ContinuousClock.Instant, _ leaves: inout WrittenLeaves) -> Seal? {
    leaves.removeAll()
    while true {
      let (seal, milliseconds) = state.withLock { state -> (Seal?, Int32?) in
        let seal = state.newest.flatMap { $0.size == state.published ? nil : $0 }
        let rest = ContinuousClock.now.duration(to: due)
        if state.finishes || seal != nil && (rest <= .zero || !state.waiting.isEmpty) {
          swap(&leaves, &state.leaves)
          return (seal, nil)
        }
        state.sleeps = seal == nil
        return (nil, seal == nil ? -1 : Int32(clamping: Int64(rest / .milliseconds(1)) + 1))
      }
      guard let milliseconds else { return seal }
      bell.wait(milliseconds: milliseconds)
    }
  }
}
