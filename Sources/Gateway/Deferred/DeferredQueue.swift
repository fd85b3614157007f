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
    let bytes: Int
    /// How often a vendor has failed at it.
    var failures = 0
    /// Whether it has waited for so long that it goes before others.
    var isAged = false

    var holder: KeptHolder { KeptHolder(caller: caller, useCase: useCase) }
  }

  fileprivate enum Phase: Equatable {
    /// It is on its way to the disk.
    case arriving
    /// It waits, until a moment of the clock that never goes back.
    case waiting(until: Int64)
    case running
  }

  fileprivate struct State {
    var items: [RequestID: (item: Item, phase: Phase)] = [:]
    var order: [RequestID] = []
    var bytes = 0
    var running = 0
    var taken = 0
    var refused = 0
    var answered = 0
  }

  private let state = Mutex(State())
  /// Whether what had been taken before the start is in it.
  let isWhole = Flag(false)

  /// Takes a place for one that comes; false when there are as many as may wait, or as many bytes.
  func reserve(_ item: Item, within limits: Limits) -> Bool {
    state.withLock { state in
      guard state.items.count < limits.deferredRequests, state.bytes + item.bytes <= limits.deferredBytes else {
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

  /// The next that may be carried out, where fewer than `most` are; `patience` says of a use case after how many
  /// milliseconds one of its requests has waited for so long that it goes before others.
  func take(
    most: Int, at now: Int64, wall: Int64, patience: (_ useCase: String) -> Int64?
  ) -> Item? {
    state.withLock { state in
      guard state.running < most else { return nil }
      for id in state.order {
        guard let found = state.items[id], case .waiting(let moment) = found.phase, moment <= now else { continue }
        var item = found.item
        let isAlone = !state.items.values.contains { $0.item.isAged && $0.phase == .running }
        item.isAged = isAlone && (patience(item.useCase).map { wall - item.since >= $0 } ?? false)
        state.items[id] = (item, .running)
        state.running += 1
        return item
      }
      return nil
    }
  }

  /// Lets one that was carried out wait again, for so many microseconds; `failed` when a vendor has failed at it.
  func putBack(_ id: RequestID, for pause: Int64, at now: Int64, failed: Bool) {
    state.withLock { state in
      guard let found = state.items[id] else { return }
      var item = found.item
      if found.phase == .running { state.running -= 1 }
      if failed { item.failures += 1 }
      state.items[id] = (item, .waiting(until: now + pause))
    }
  }

  /// Takes one out: it is answered, or nobody wants it any more; false when it is not there.
  @discardableResult
  func remove(_ id: RequestID, answered: Bool = false) -> Bool {
    state.withLock { state in
      guard let (item, phase) = state.items.removeValue(forKey: id) else { return false }
      state.order.removeAll { $0 == id }
      state.bytes -= item.bytes
      if phase == .running { state.running -= 1 }
      if answered { state.answered += 1 }
      return true
    }
  }

  /// Whether one is there, and whether it is being carried out.
  func state(of id: RequestID) -> (isThere: Bool, isRunning: Bool) {
    state.withLock { state in
      guard let phase = state.items[id]?.phase else { return (false, false) }
      return (true, phase == .running)
    }
  }

  /// The samples, in the text exposition format of Prometheus.
  func page(at wall: Int64) -> String {
    let state = state.withLock(\.self)
    var page = MetricsPage()
    page.family("cordon_deferred_requests", .gauge, "Requests that are carried out later and not answered yet.") {
      $0.sample([("state", "waiting")], state.items.count - state.running)
      $0.sample([("state", "running")], state.running)
    }
    page.family("cordon_deferred_bytes", .gauge, "How many bytes they have.") { $0.sample([], state.bytes) }
    page.family("cordon_deferred_oldest_seconds", .gauge, "For how long the oldest has been there.") {
      let oldest = state.items.values.map(\.item.since).min()
      $0.sample([], oldest.map { Int(max(0, wall - $0) / 1_000) } ?? 0)
    }
    page.family("cordon_deferred_total", .counter, "Requests by what became of them.") {
      $0.sample([("result", "taken")], state.taken)
      $0.sample([("result", "answered")], state.answered)
      $0.sample([("result", "refused")], state.refused)
    }
    return page.text
  }
}

extension DeferredQueue.State {
  fileprivate mutating func add(_ item: DeferredQueue.Item, _ phase: DeferredQueue.Phase) {
    items[item.id] = (item, phase)
    order.append(item.id)
    bytes += item.bytes
  }
}
