import Ledger
import Logging

/// Delivers the log to one sink: every entry that a published checkpoint covers, in order, each at least once.
///
/// It reads what is on the disk, so that nobody who writes the log waits for it. What is not known to have arrived is
/// sent again: the cursor that outlives the process is moved on when everything before it has arrived, and after a
/// failure the delivery goes back to it.
actor LogDelivery {
  private static let shortestPause = Duration.milliseconds(250)
  private static let longestPause = Duration.seconds(15)
  /// How long there is nothing new before it looks again.
  private static let interval = Duration.milliseconds(200)
  /// How long a sink may be behind before that is told, again and again.
  private static let patience = Duration.seconds(60)

  private let name: String
  private let feed: ExportFeed
  private let kept: KeptCursor
  private let destination: any LogDestination
  private let state: DeliveryState
  private let logger: Logger

  /// Up to where everything has arrived.
  private var arrived: ExportCursor?
  /// Up to where records went out.
  private var sent: ExportCursor?
  /// When the first of the records went out that are not known to have arrived.
  private var unsettled: ContinuousClock.Instant?
  private var pause = shortestPause
  private var behind: ContinuousClock.Instant?
  private var told: ContinuousClock.Instant?

  init(
    name: String, feed: ExportFeed, kept: KeptCursor, destination: any LogDestination, state: DeliveryState,
    logger: Logger
  ) {
    self.name = name
    self.feed = feed
    self.kept = kept
    self.destination = destination
    self.state = state
    self.logger = logger
  }

  /// Delivers until the task is cancelled, and then what there is, unless the sink fails.
  func run() async {
    var hasBegun = false
    while true {
      do {
        if !hasBegun { try begin() }
        hasBegun = true
        try await deliver()
        break
      } catch {
        await fail(error)
        if Task.isCancelled { break }
        try? await Task.sleep(for: pause)
        pause = min(pause * 2, LogDelivery.longestPause)
      }
    }
    state.change { $0.isRunning = false }
  }

  private func begin() throws {
    arrived = try kept.read()
    let count = arrived.map { $0.index + 1 } ?? 0
    state.change { $0.arrived = count }
  }

  /// Delivers from where everything has arrived.
  private func deliver() async throws {
    feed.rewind(to: arrived)
    (sent, unsettled) = (arrived, nil)
    while true {
      // INVARIANT: whether this is the last look is asked before it: it sees everything that was published until then.
      let isLast = Task.isCancelled
      let start = ContinuousClock.now
      let piece = try feed.next()
      let making = start.duration(to: .now)
      if let piece {
        try await destination.send(piece.records)
        sent = piece.cursor
        unsettled = unsettled ?? .now
      }
      if let since = unsettled, since.duration(to: .now) >= destination.settlingTime || isLast && piece == nil {
        try await settle()
      }
      tell(hasMore: piece != nil)
      if piece != nil {
        // A sink that catches up leaves at least half of a core to those who answer requests.
        try? await Task.sleep(for: making)
      } else if isLast {
        return
      } else {
        guard await destination.isIntact || unsettled == nil else {
          throw DeliveryFailure(.broken(overTLS: false), name)
        }
        try? await Task.sleep(for: LogDelivery.interval)
      }
    }
  }

  /// Moves the cursor on to what went out, when that has arrived.
  private func settle() async throws {
    try await destination.settle()
    guard let cursor = sent else { return }
    // What has arrived is not sent again because the cursor cannot be kept.
    (arrived, unsettled, pause) = (cursor, nil, LogDelivery.shortestPause)
    state.change { $0.arrived = cursor.index + 1 }
    try kept.write(cursor)
  }

  private func fail(_ error: any Error) async {
    await destination.abandon()
    state.change { $0.failures += 1 }
    guard isToBeTold else { return }
    let words = "the log's sink `\(name)` is \(waiting) entries behind: \(error)"
    if let error = error as? ExportError, error.isAlarm {
      logger.critical("\(words)")
    } else {
      logger.warning("\(words)")
    }
  }

  /// Tells when the sink is too slow, and when it has caught up.
  private func tell(hasMore: Bool) {
    guard hasMore else {
      if told != nil { logger.notice("the log's sink `\(name)` has caught up") }
      (behind, told) = (nil, nil)
      return
    }
    let since = behind ?? .now
    behind = since
    guard since.duration(to: .now) >= LogDelivery.patience, isToBeTold else { return }
    logger.warning("the log's sink `\(name)` is \(waiting) entries behind: it is too slow")
  }

  /// Whether nothing was told for a while; remembers that something is now.
  private var isToBeTold: Bool {
    guard told.map({ $0.duration(to: .now) >= LogDelivery.patience }) != false else { return false }
    told = .now
    return true
  }

  /// How many entries have not arrived, as far as that can be said.
  private var waiting: String {
    guard let size = try? feed.size() else { return "an unknown number of" }
    return String(size - min(size, state.numbers.arrived))
  }
}

extension ExportError {
  /// Whether the log itself is in question, and not how it was exported.
  fileprivate var isAlarm: Bool {
    switch code {
    case .ledger(let error): if case .damaged = error.code { true } else { false }
    case .otherLog, .gap, .fork: true
    case .unreadableCursor: false
    }
  }
}
