import Ciphers
import Ledger
import Synchronization

/// What was used of the limits, by whom, in memory and, once a second, in a file of the data directory.
///
/// Whoever it holds for has a code, made under a key of the vault: neither memory nor file has a name. Of each caller it
/// keeps at most `mostUsers` users that have used anything; one more shares a bucket with all others that are too many,
/// so that nobody can have the others forgotten by naming users that do not exist.
package final class RateLimiter: Sendable {
  /// How many users of one caller have a bucket of their own at one time.
  package static let mostUsers = 4_096
  fileprivate static let mostPatients = 65_536

  /// Who has a bucket of a limit, under the vault's key.
  package struct Code: Hashable, Sendable {
    let high: UInt64
    let low: UInt64

    /// The code of these two words.
    package init(high: UInt64, low: UInt64) { (self.high, self.low) = (high, low) }
  }

  /// A bucket that a request would take from.
  package struct Ask: Sendable {
    let limit: RateLimit
    let code: Code
    /// The code of the limit and the caller, where users have buckets: those who are too many share the one under it.
    var owner: Code?
    /// Whether the request itself counts.
    var countsRequest = true
    /// Whether tokens have to be left for one that was counted before.
    var needsTokens = false
    /// The patients who count, by hashes that this process alone makes.
    package var patients: [UInt64] = []

    /// What asks of a bucket of `limit`.
    package init(limit: RateLimit, code: Code, owner: Code? = nil) {
      (self.limit, self.code, self.owner) = (limit, code, owner)
    }
  }

  /// What is kept of a bucket.
  package struct Kept: Sendable {
    let limit: RateLimit
    let code: Code
    let owner: Code?
    let used: [Int64]
  }

  fileprivate struct Place: Hashable {
    var code: Code
    var owner: Code?
  }

  fileprivate struct State {
    var buckets: [Place: (bucket: RateBucket, limit: RateLimit)] = [:]
    var users: [Code: Int] = [:]
    var lastSweep: [Code: Int64] = [:]
    var patients: [UInt64: Int64] = [:]
    var patientOrder: [UInt64] = []
    var oldestPatient = 0
    var stops: [RateLimit.Scope: [RateLimit.Measure: Int]] = [:]
    var isChanged = false
  }

  private let state = Mutex(State())

  package init() {}

  /// How many buckets there are.
  package var count: Int { state.withLock(\.buckets.count) }

  /// Takes one request out of every bucket, or out of none when one has to wait.
  package func take(_ asks: [Ask], at now: Int64, wall: Int64) -> RateStop? {
    guard !asks.isEmpty else { return nil }
    return state.withLock { state in
      let places = asks.map { state.place(of: $0, at: now) }
      if let longest = state.stop(asks, places, at: now, wall: wall) {
        state.stops[longest.limit.scope, default: [:]][longest.measure, default: 0] += 1
        return longest
      }
      state.isChanged = true
      for (ask, place) in zip(asks, places) {
        if ask.countsRequest, ask.limit.amounts[.requests] != nil {
          state.buckets[place]?.bucket.take(1, of: .requests)
        }
        guard ask.limit.amounts[.patients] != nil else { continue }
        for patient in ask.patients where state.isNew(patient, of: ask, at: now) {
          state.buckets[place]?.bucket.take(1, of: .patients)
          state.remember(patient, of: ask, at: now)
        }
      }
      return nil
    }
  }

  /// Whether a request would have to wait for one of these; nothing is taken.
  func look(at asks: [Ask], at now: Int64, wall: Int64) -> RateStop? {
    state.withLock { state in
      let places = asks.map { state.place(of: $0, at: now) }
      return state.stop(asks, places, at: now, wall: wall)
    }
  }

  /// Puts back the requests that were taken for one that goes no further.
  func giveBack(_ asks: [Ask]) {
    state.withLock { state in
      for ask in asks where ask.countsRequest {
        state.buckets[state.known(ask)]?.bucket.giveBack(.requests)
      }
    }
  }

  /// Takes the tokens that a request has cost.
  func book(_ tokens: Int, to asks: [Ask], at now: Int64) {
    guard tokens > 0 else { return }
    state.withLock { state in
      for ask in asks where ask.limit.amounts[.tokens] != nil {
        let place = state.place(of: ask, at: now)
        state.buckets[place]?.bucket.settle(ask.limit, at: now)
        state.buckets[place]?.bucket.take(tokens, of: .tokens)
      }
      state.isChanged = true
    }
  }

  /// What there is to keep of it, if anything has changed since the last time: what of which bucket is used.
  package func kept(at now: Int64) -> [Kept]? {
    state.withLock { state in
      guard state.isChanged else { return nil }
      state.isChanged = false
      return state.buckets.compactMap { place, held in
        var bucket = held.bucket
        bucket.settle(held.limit, at: now)
        return bucket.isEmpty ? nil : Kept(limit: held.limit, code: place.code, owner: place.owner, used: bucket.kept)
      }
    }
  }

  /// Says that what was last given to be kept was not.
  func keepAgain() { state.withLock { $0.isChanged = true } }

  /// Puts a bucket in place that was kept `passed` microseconds ago.
  package func restore(_ kept: Kept, passed: Int64, at now: Int64) {
    guard var bucket = RateBucket(kept: kept.used, at: now - max(0, passed)) else { return }
    state.withLock { state in
      let place = Place(code: kept.code, owner: kept.owner)
      if let held = state.buckets[place] {
        // Requests came before there was a key to take it up by: what was used is used.
        bucket.settle(kept.limit, at: now)
        state.buckets[place]?.bucket.settle(held.limit, at: now)
        state.buckets[place]?.bucket.add(bucket)
        return
      }
      if let owner = kept.owner { state.users[owner, default: 0] += 1 }
      state.buckets[place] = (bucket, kept.limit)
    }
  }

  /// The samples, in the text exposition format of Prometheus.
  func page() -> String {
    let (stops, buckets) = state.withLock { ($0.stops, $0.buckets.count) }
    var page = MetricsPage()
    page.family("cordon_rate_limited_total", .counter, "Requests that a rate limit made wait, by limit.") { family in
      for scope in RateLimit.Scope.allCases {
        for measure in RateLimit.Measure.allCases {
          let count = stops[scope]?[measure] ?? 0
          family.sample([("per", scope.rawValue), ("measure", measure.rawValue)], count)
        }
      }
    }
    page.family("cordon_rate_buckets", .gauge, "Buckets of rate limits that are kept.") { $0.sample([], buckets) }
    return page.text
  }
}

extension RateLimiter.State {
  /// Where the bucket of an ask is, if it has one.
  fileprivate func known(_ ask: RateLimiter.Ask) -> RateLimiter.Place {
    let own = RateLimiter.Place(code: ask.code, owner: ask.owner)
    guard buckets[own] == nil, let owner = ask.owner else { return own }
    return RateLimiter.Place(code: owner, owner: owner)
  }

  /// The bucket of an ask, settled; of a user too many, the one that those share.
  fileprivate mutating func place(of ask: RateLimiter.Ask, at now: Int64) -> RateLimiter.Place {
    var place = RateLimiter.Place(code: ask.code, owner: ask.owner)
    if buckets[place] == nil {
      if let owner = ask.owner {
        if users[owner, default: 0] >= RateLimiter.mostUsers { sweep(owner, at: now) }
        if users[owner, default: 0] >= RateLimiter.mostUsers { place.code = owner }
        if buckets[place] == nil { users[owner, default: 0] += 1 }
      }
      if buckets[place] == nil { buckets[place] = (RateBucket(at: now), ask.limit) }
    }
    buckets[place]?.limit = ask.limit
    buckets[place]?.bucket.settle(ask.limit, at: now)
    return place
  }

  /// Lets go the users of a caller of whom nothing is used, at most once a second.
  private mutating func sweep(_ owner: RateLimiter.Code, at now: Int64) {
    if let last = lastSweep[owner], now - last < 1_000_000 { return }
    lastSweep[owner] = now
    for (place, held) in buckets where place.owner == owner {
      var bucket = held.bucket
      bucket.settle(held.limit, at: now)
      guard bucket.isEmpty else { continue }
      buckets[place] = nil
      users[owner, default: 1] -= 1
    }
  }

  /// The longest of the stops of these asks, each at its place; those that share a bucket are asked for together.
  fileprivate func stop(
    _ asks: [RateLimiter.Ask], _ places: [RateLimiter.Place], at now: Int64, wall: Int64
  ) -> RateStop? {
    var sums: [RateLimiter.Place: Sum] = [:]
    for (ask, place) in zip(asks, places) {
      if ask.countsRequest { sums[place, default: Sum()].requests += 1 }
      if ask.countsRequest || ask.needsTokens { sums[place, default: Sum()].tokens = 1 }
      guard ask.limit.amounts[.patients] != nil else { continue }
      sums[place, default: Sum()].patients += ask.patients.count { isNew($0, of: ask, at: now) }
    }
    var longest: RateStop?
    for place in places {
      guard let sum = sums.removeValue(forKey: place), let stop = stop(at: place, for: sum, at: now, wall: wall) else {
        continue
      }
      if longest.map({ $0.wait < stop.wait }) ?? true { longest = stop }
    }
    return longest
  }

  /// What is asked of one bucket.
  private struct Sum {
    var requests = 0
    var tokens = 0
    var patients = 0
  }

  private func stop(at place: RateLimiter.Place, for sum: Sum, at now: Int64, wall: Int64) -> RateStop? {
    guard let (bucket, limit) = buckets[place] else { return nil }
    var waits: [(measure: RateLimit.Measure, wait: Int64)] = []
    for (measure, count) in [(RateLimit.Measure.requests, sum.requests), (.tokens, sum.tokens)]
    where count > 0 {
      if let wait = bucket.wait(for: measure, count: count, under: limit) { waits.append((measure, wait)) }
    }
    if sum.patients > 0, let wait = bucket.wait(for: .patients, count: sum.patients, under: limit) {
      waits.append((.patients, wait))
    }
    guard let longest = waits.max(by: { $0.wait < $1.wait }) else { return nil }
    var left: [RateLimit.Measure: Int] = [:]
    for (measure, amount) in limit.amounts { left[measure] = bucket.left(of: measure, under: amount) }
    let isTooMuch = longest.measure == .patients && sum.patients > limit.amounts[.patients] ?? .max
    return RateStop(
      limit: limit, isTooMuch: isTooMuch, measure: longest.measure, wait: longest.wait, left: left,
      end: Timestamp(milliseconds: wall + (longest.wait + 999) / 1_000))
  }

  private func key(_ patient: UInt64, _ ask: RateLimiter.Ask) -> UInt64 {
    var hasher = Hasher()
    hasher.combine(patient)
    hasher.combine(ask.code)
    return UInt64(bitPattern: Int64(hasher.finalize()))
  }

  /// Whether a patient was not counted within the time of a limit.
  fileprivate func isNew(_ patient: UInt64, of ask: RateLimiter.Ask, at now: Int64) -> Bool {
    patients[key(patient, ask)].map { now - $0 >= Int64(ask.limit.seconds) * 1_000_000 } ?? true
  }

  /// Remembers that a patient was counted; whoever was remembered longest ago is forgotten, and counts again.
  fileprivate mutating func remember(_ patient: UInt64, of ask: RateLimiter.Ask, at now: Int64) {
    let key = key(patient, ask)
    guard patients.updateValue(now, forKey: key) == nil else { return }
    if patientOrder.count < RateLimiter.mostPatients {
      patientOrder.append(key)
    } else {
      patients[patientOrder[oldestPatient]] = nil
      patientOrder[oldestPatient] = key
      oldestPatient = (oldestPatient + 1) % RateLimiter.mostPatients
    }
  }
}
