import Ledger
import Synchronization
import Vault

/// The requests that were taken and are not answered yet, in the order in which they came.
///
/// It knows of each only where it lies: what is asked is sealed on the disk.
final class DeferredQueue: Sendable {
  /// One of them.
  struct Item: Sendable {
    let id: RequestID
    let caller: String
    let useCase: String
    /// When it was taken, in milliseconds of Unix time.
    let since: Int64
    /// When its time is over, likewise.
    let expires: Int64
    let bytes: Int
    /// What the log calls it; nil as long as it was not looked for on the disk.
    var object: String?
    /// How often it was tried in vain, and how often because a vendor has failed at it.
    var tries = 0
    var failures = 0
    /// Whether it has waited for so long that it goes before others.
    var isAged = false

    var holder: KeptHolder { KeptHolder(caller: caller, useCase: useCase) }
  }

  /// What became of one that is there no more.
  enum Ending: String, CaseIterable {
    case answered
    /// Its time was over first.
    case expired
    /// Its caller wants it no more.
    case deleted
    /// It did not come to the disk, or somebody else has taken it from there.
    case gone
  }

  fileprivate enum Phase {
    /// It is on its way to the disk.
    case arriving
    /// It waits, until a moment of the clock that never goes back.
    case waiting(until: Int64)
    /// It is being carried out, for this vendor, until somebody stops it.
    case running(Interruption, vendor: String)
    /// Nobody wants it any more; it is about to be forgotten.
    case disowned
  }

  fileprivate struct State {
    var items: [RequestID: (item: Item, phase: Phase)] = [:]
    var order: [RequestID] = []
    /// Who waits until one runs no more.
    var waiters: [RequestID: [CheckedContinuation<Void, Never>]] = [:]
    var unwanted: Set<RequestID> = []
    var bytes = 0
    var taken = 0
    var refused = 0
    var ended: [Ending: Int] = [:]
  }

  private let state = Mutex(State())
  /// Whether what had been taken before the start is in it.
  let isWhole = Flag(false)
  /// Whether the log has the end of every attempt that was cut off before the start.
  let isClosed = Flag(false)

  /// Takes a place for one that comes; false when there are as many as may wait, or as many bytes: of all callers, or half of
  /// them of its own.
  func reserve(_ item: Item, within limits: Limits) -> Bool {
    state.withLock { state in
      let own = state.items.values.filter { $0.item.caller == item.caller }
      let ownBytes = own.reduce(item.bytes) { $0 + $1.item.bytes }
      guard state.items.count < limits.deferredRequests, state.bytes + item.bytes <= limits.deferredBytes,
        own.isEmpty || own.count < (limits.deferredRequests + 1) / 2 && ownBytes <= limits.deferredBytes / 2
      else {
        state.refused += 1
        return false
      }
      state.add(item, .arriving)
      return true
    }
  }

  /// Puts in one that was taken before; nothing when it is there.
  func restore(_ item: Item) {
    state.withLock { state in
      if state.items[item.id] == nil { state.add(item, .waiting(until: 0)) }
    }
  }

  /// Says that one is on the disk, and may be carried out.
  func begin(_ id: RequestID) {
    state.withLock { state in
      state.items[id]?.phase = .waiting(until: 0)
      state.taken += 1
    }
  }

  /// The next that may be carried out, where fewer than `most` are, and what stops it; `way` says of a use case which vendor
  /// it asks, and after how many milliseconds one of its requests has waited for so long that it goes before others.
  ///
  /// The vendors for which any are there share the places: those of one that is slow are not everybody's. What is over is
  /// taken out.
  func take(
    most: Int, at now: Int64, wall: Int64, way: (_ useCase: String) -> (vendor: String, patience: Int64?)
  ) -> (item: Item, interruption: Interruption)? {
    state.withLock { state in
      state.dropOver(at: wall)
      let running = state.running
      guard running.count < most else { return nil }
      let ways = Dictionary(
        Set(state.items.values.map(\.item.useCase)).map { ($0, way($0)) }, uniquingKeysWith: { first, _ in first })
      let share = max(1, most / max(1, Set(ways.values.map(\.vendor)).count))
      for id in state.order {
        guard let found = state.items[id], case .waiting(let moment) = found.phase, moment <= now,
          let way = ways[found.item.useCase], running.count(where: { $0.vendor == way.vendor }) < share
        else { continue }
        var item = found.item
        let isAlone = !running.contains(where: \.isAged)
        item.isAged = isAlone && (way.patience.map { wall - item.since >= $0 } ?? false)
        let interruption = Interruption()
        state.items[id] = (item, .running(interruption, vendor: way.vendor))
        return (item, interruption)
      }
      return nil
    }
  }

  /// Lets one wait again, for so many microseconds; `failed` when a vendor has failed at it.
  ///
  /// One that was carried out and that nobody wants any more waits no more.
  func putBack(_ id: RequestID, for pause: Int64, at now: Int64, failed: Bool = false) {
    let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>] in
      guard let found = state.items[id] else { return [] }
      var item = found.item
      (item.tries, item.failures) = (item.tries + 1, item.failures + (failed ? 1 : 0))
      let isUnwanted = state.unwanted.remove(id) != nil
      state.items[id] = (item, isUnwanted ? .disowned : .waiting(until: now + pause))
      return state.waiters.removeValue(forKey: id) ?? []
    }
    for waiter in waiters { waiter.resume() }
  }

  /// Takes one out; false when it is not there.
  @discardableResult
  func remove(_ id: RequestID, _ ending: Ending) -> Bool {
    let (isThere, waiters) = state.withLock { state in
      (state.remove(id, ending), state.waiters.removeValue(forKey: id) ?? [])
    }
    for waiter in waiters { waiter.resume() }
    return isThere
  }

  /// Has one carried out no more: stops it where it is being, and waits until it has ended.
  ///
  /// Its place is taken until it is removed.
  func disown(_ id: RequestID) async {
    let interruption = state.withLock { state -> Interruption? in
      switch state.items[id]?.phase {
      case .running(let interruption, _):
        state.unwanted.insert(id)
        return interruption
      case .waiting:
        state.items[id]?.phase = .disowned
        return nil
      case .arriving, .disowned, nil: return nil
      }
    }
    guard let interruption else { return }
    interruption.stop(by: Refusal(.stoppedByOperator, "its caller has deleted the request"))
    await withCheckedContinuation { continuation in
      let isRunning = state.withLock { state in
        guard case .running = state.items[id]?.phase else { return false }
        state.waiters[id, default: []].append(continuation)
        return true
      }
      if !isRunning { continuation.resume() }
    }
  }

  /// Whether somebody still wants one that is being carried out.
  func isWanted(_ id: RequestID) -> Bool { state.withLock { $0.items[id] != nil && !$0.unwanted.contains(id) } }

  /// Whether one is being carried out.
  func isRunning(_ id: RequestID) -> Bool {
    state.withLock { state in
      if case .running = state.items[id]?.phase { true } else { false }
    }
  }

  /// Notes what the log calls one, as it is being carried out.
  func name(_ id: RequestID, _ object: String) { state.withLock { $0.items[id]?.item.object = object } }

  /// Whether what the log calls so is being carried out.
  func isRunning(_ object: String) -> Bool {
    state.withLock { state in
      state.items.values.contains { found in
        if case .running = found.phase { found.item.object == object } else { false }
      }
    }
  }

  /// The samples, in the text exposition format of Prometheus.
  func page(at wall: Int64) -> String {
    let state = state.withLock { state in
      state.dropOver(at: wall)
      return state
    }
    let running = state.running.count
    var page = MetricsPage()
    page.family("cordon_deferred_requests", .gauge, "Requests that are carried out later and not answered yet.") {
      $0.sample([("state", "waiting")], state.items.count - running)
      $0.sample([("state", "running")], running)
    }
    page.family("cordon_deferred_bytes", .gauge, "How many bytes they have.") { $0.sample([], state.bytes) }
    page.family("cordon_deferred_oldest_seconds", .gauge, "For how long the oldest has been there.") {
      let oldest = state.items.values.map(\.item.since).min()
      $0.sample([], oldest.map { Int(max(0, wall - $0) / 1_000) } ?? 0)
    }
    page.family("cordon_deferred_total", .counter, "Requests by what became of them.") {
      $0.sample([("result", "taken")], state.taken)
      $0.sample([("result", "refused")], state.refused)
      for ending in DeferredQueue.Ending.allCases where ending != .gone {
        $0.sample([("result", ending.rawValue)], state.ended[ending] ?? 0)
      }
    }
    return page.text
  }
}

extension DeferredQueue.State {
  /// What is being carried out.
  fileprivate var running: [(vendor: String, isAged: Bool)] {
    items.values.compactMap { found in
      if case .running(_, let vendor) = found.phase { (vendor, found.item.isAged) } else { nil }
    }
  }

  fileprivate mutating func add(_ item: DeferredQueue.Item, _ phase: DeferredQueue.Phase) {
    items[item.id] = (item, phase)
    order.append(item.id)
    bytes += item.bytes
  }

  fileprivate mutating func remove(_ id: RequestID, _ ending: DeferredQueue.Ending) -> Bool {
    guard let (item, _) = items.removeValue(forKey: id) else { return false }
    order.removeAll { $0 == id }
    unwanted.remove(id)
    bytes -= item.bytes
    ended[ending, default: 0] += 1
    return true
  }

  /// Takes out what waits and is over.
  fileprivate mutating func dropOver(at wall: Int64) {
    for (id, found) in items where found.item.expires <= wall {
      if case .waiting = found.phase { _ = remove(id, .expired) }
    }
  }
}

extension DeferredQueue.Item {
  /// One that lies on the disk.
  init(_ id: RequestID, _ record: KeptRecord) {
    self.init(
      id: id, caller: record.caller, useCase: record.useCase, since: record.created.milliseconds,
      expires: record.expires.milliseconds, bytes: record.byteCount, object: record.object)
  }
}
