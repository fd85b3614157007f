import Ciphers
import Synchronization

/// What was answered to requests that carried an `Idempotency-Key`, for those that come once more with it.
///
/// In memory only, for a time and up to so many bytes; what is dropped is overwritten. Streams are not kept: while one
/// runs its key is taken, afterwards it is free.
package final class RepeatedRequests: Sendable {
  /// What becomes of a request with a key.
  enum Claim {
    /// It is the first; the place is given up when it is let go.
    case first(Place)
    /// It was answered before.
    case answered(Answer)
    /// The same request is under way.
    case underWay
    /// Another request had the key.
    case otherRequest
  }

  /// An answer that is kept.
  struct Answer: Sendable {
    var body: [UInt8]
    let headers: [(name: String, value: String)]
    let record: RequestRecord
    /// The way that the request went; what ends it ends the giving of its answer, too.
    let route: Admission.Route
  }

  private let clock: GatewayClock
  private let state = Mutex(State())

  private static let mostKeys = 65_536

  fileprivate struct State {
    var kept: [Digest: Kept] = [:]
    /// The keys of answers in the order in which they were given; some may be gone already.
    var order: [Digest] = []
    var bytes = 0
    /// How often everything was forgotten.
    var era = 0
  }

  fileprivate struct Kept {
    let request: Digest
    var answer: Answer?
    var end = Int64.max
  }

  init(clock: GatewayClock) { self.clock = clock }

  /// How many answers are kept, and how many bytes they have.
  package var size: (answers: Int, bytes: Int) { state.withLock { ($0.order.count, $0.bytes) } }

  /// Says what becomes of a request: `key` names the caller and its key, `request` all that it asks for.
  func claim(_ key: Digest, for request: Digest) -> Claim {
    let now = clock.monotonic()
    return state.withLock { state in
      state.dropWhatEnded(at: now)
      if let kept = state.kept[key] {
        guard kept.request == request else { return .otherRequest }
        return kept.answer.map { .answered($0) } ?? .underWay
      }
      // Nobody can make the gateway remember without end; a key too many is not remembered at all.
      guard state.kept.count < Self.mostKeys else { return .first(Place(nil, key, since: state.era)) }
      state.kept[key] = Kept(request: request)
      return .first(Place(self, key, since: state.era))
    }
  }

  /// Forgets every answer, as when another configuration comes into force; what is under way is not kept either.
  package func forget() {
    state.withLock { state in
      state.era += 1
      for key in state.order { state.drop(key) }
      state.order = []
    }
  }

  fileprivate func keep(_ answer: Answer, under key: Digest, since era: Int, _ settings: Reliability) {
    let end = clock.monotonic() + Int64(settings.idempotencySeconds) * 1_000_000
    state.withLock { state in
      guard state.era == era, state.kept[key] != nil, answer.body.count <= settings.idempotencyBytes else { return }
      state.kept[key]?.answer = answer
      state.kept[key]?.end = end
      state.order.append(key)
      state.bytes += answer.body.count
      while state.bytes > settings.idempotencyBytes { state.drop(state.order.removeFirst()) }
    }
  }

  fileprivate func giveUp(_ key: Digest) {
    state.withLock { state in
      if state.kept[key]?.answer == nil { state.kept[key] = nil }
    }
  }

  /// A request's hold on its key.
  final class Place: Sendable {
    private let requests: RepeatedRequests?
    private let key: Digest
    private let era: Int
    private let hasEnded = Atomic(false)

    fileprivate init(_ requests: RepeatedRequests?, _ key: Digest, since era: Int) {
      self.requests = requests
      self.key = key
      self.era = era
    }

    /// Keeps the answer for those who come again.
    func keep(_ answer: Answer, _ settings: Reliability) {
      requests?.keep(answer, under: key, since: era, settings)
    }

    /// Lets the key go, unless an answer is kept under it; for the last time when nobody holds the place.
    func end() {
      guard !hasEnded.exchange(true, ordering: .relaxed) else { return }
      requests?.giveUp(key)
    }

    deinit { end() }
  }
}

extension RepeatedRequests.State {
  fileprivate mutating func dropWhatEnded(at now: Int64) {
    while let first = order.first, kept[first].map({ $0.end <= now }) ?? true {
      order.removeFirst()
      drop(first)
    }
  }

  fileprivate mutating func drop(_ key: Digest) {
    guard var gone = kept.removeValue(forKey: key)?.answer else { return }
    bytes -= gone.body.count
    gone.body.wipe()
  }
}
