import Bytes
import Ciphers
import Ledger
import Providers
import Vault

extension Gateway {
  /// Takes a request out of its caller's buckets, before anything is done for it.
  ///
  /// One that was counted before, when it was taken for later, is not `counted` again; its tokens are.
  func takeRates(of caller: Caller, counted isCounted: Bool = false) async throws(Refusal) -> [RateLimiter.Ask] {
    guard !rateLimits.isEmpty else { return [] }
    let key = try await rateKey()
    var asks = asks(.caller, caller.id.recorded, key)
    for place in asks.indices { (asks[place].countsRequest, asks[place].needsTokens) = (!isCounted, isCounted) }
    try take(asks)
    return asks
  }

  /// Takes it out of those of its use case, its user and the patient whom it names, before its text is looked at.
  ///
  /// `taken` is what its caller's buckets gave: it goes back when the request has to wait for others.
  func takeRates(
    for useCase: UseCase, _ parties: RequestParties, _ caller: Caller, after taken: [RateLimiter.Ask],
    asking vendors: [ConfiguredID<Vendor>], counted isCounted: Bool = false
  ) async throws(Refusal) -> [RateLimiter.Ask] {
    guard !rateLimits.isEmpty else { return taken }
    let key = try await rateKey()
    let patients = parties.patient.map { [Self.hash($0)] } ?? []
    var asks = asks(.useCase, useCase.id.recorded, key)
    if let user = parties.user { asks += self.asks(of: user, of: caller, key) }
    for place in asks.indices { (asks[place].countsRequest, asks[place].needsTokens) = (!isCounted, isCounted) }
    let own = asks.count
    // The caller's own have counted the request already; the patient is known only now.
    for var ask in patients.isEmpty ? [] : taken {
      ask.countsRequest = false
      asks.append(ask)
    }
    for place in asks.indices { asks[place].patients = patients }
    do {
      try take(asks)
    } catch {
      rates.giveBack(taken)
      throw error
    }
    do {
      try look(at: vendors, key)
    } catch {
      rates.giveBack(taken + asks)
      throw error
    }
    return taken + asks.prefix(own)
  }

  /// Counts the patients whom the requests of a batch name to those who bring it or fetch it, its vendor among them: all of
  /// them or none.
  func countPatients(
    _ people: [RequestParties], of useCase: UseCase, _ caller: Caller, at vendor: Vendor
  ) async throws(Refusal) {
    guard rateLimits.contains(where: { $0.amounts[.patients] != nil }) else { return }
    let key = try await rateKey()
    let all = Set(people.compactMap(\.patient)).map(Self.hash)
    var asks =
      asks(.caller, caller.id.recorded, key) + asks(.useCase, useCase.id.recorded, key)
      + asks(.vendor, vendor.id.recorded, key)
    for place in asks.indices { asks[place].patients = all }
    for (user, own) in Dictionary(grouping: people.filter { $0.user != nil }, by: \.user) {
      guard let user else { continue }
      for var ask in self.asks(of: user, of: caller, key) {
        ask.patients = Set(own.compactMap(\.patient)).map(Self.hash)
        asks.append(ask)
      }
    }
    for place in asks.indices { asks[place].countsRequest = false }
    try take(asks)
  }

  /// Takes as much out of a caller's buckets as a request about each of these patients would, of which the first is counted;
  /// all of it or nothing.
  func takeRates(about patients: Set<String>, of caller: Caller) async throws(Refusal) {
    guard !patients.isEmpty, rateLimits.contains(where: { $0.scope == .caller }) else { return }
    let key = try await rateKey()
    var asks = asks(.caller, caller.id.recorded, key)
    for place in asks.indices {
      (asks[place].countsRequest, asks[place].patients) = (false, patients.map(Self.hash))
    }
    let others = self.asks(.caller, caller.id.recorded, key)
    for _ in patients.dropFirst() { asks += others }
    try take(asks)
  }

  /// Takes it out of a vendor's buckets, before it is sent there.
  func takeRates(at vendor: Vendor, about patient: String?) async throws(Refusal) -> [RateLimiter.Ask] {
    guard rateLimits.contains(where: { $0.scope == .vendor }) else { return [] }
    let key = try await rateKey()
    var asks = asks(.vendor, vendor.id.recorded, key)
    for place in asks.indices { asks[place].patients = patient.map { [Self.hash($0)] } ?? [] }
    try take(asks)
    return asks
  }

  /// Books what a request has cost: what its vendor counted, or else an estimate by what went and came.
  ///
  /// A count is the whole cost only of an answer that came to its end: vendors count while they answer, and who hangs up
  /// before the last count has been answered all the same.
  @discardableResult
  func bookTokens(
    _ usage: TokenUsage?, isWhole: Bool, sent: Int, received: [UInt8]?, to asks: [RateLimiter.Ask]
  ) -> Int {
    guard !asks.isEmpty else { return 0 }
    let counted = usage.map { $0.prompt + $0.completion }
    let estimate = received.map { sent / 4 + TokenEstimate.tokens(in: $0) } ?? 0
    let tokens = isWhole ? counted ?? estimate : max(counted ?? 0, estimate)
    rates.book(tokens, to: asks, at: clock.monotonic())
    return tokens
  }

  /// Books what work has cost that its vendor has done by and by, as far as nobody has: the vendor's count of that.
  func book(_ cost: TokenCost, of object: KeptObject, paid: Int, to asks: [RateLimiter.Ask]) -> TokenUsage? {
    let rest = booked.take(cost, of: object, paid: paid)
    rates.book(rest.tokens, to: asks, at: clock.monotonic())
    return rest.usage
  }

  /// The key under which those who have buckets get their codes.
  func rateKey() async throws(Refusal) -> SecretBytes {
    do {
      return try await vault.derivedKey(for: "rate limits")
    } catch {
      throw Refusal(keyFailure(error))
    }
  }

  private func take(_ asks: [RateLimiter.Ask]) throws(Refusal) {
    if let stop = rates.take(asks, at: clock.monotonic(), wall: clock.wall()) { throw Refusal(stop) }
  }

  /// Refuses a request none of whose vendors may be asked for now: its text need not be looked at.
  private func look(at vendors: [ConfiguredID<Vendor>], _ key: borrowing SecretBytes) throws(Refusal) {
    guard rateLimits.contains(where: { $0.scope == .vendor }) else { return }
    var first: RateStop?
    for vendor in vendors {
      let asks = asks(.vendor, vendor.recorded, key)
      guard let stop = rates.look(at: asks, at: clock.monotonic(), wall: clock.wall()) else { return }
      first = first ?? stop
    }
    if let first { throw Refusal(first) }
  }

  private func asks(
    _ scope: RateLimit.Scope, _ name: ConfiguredName, _ key: borrowing SecretBytes
  ) -> [RateLimiter.Ask] {
    var asks: [RateLimiter.Ask] = []
    for limit in rateLimits where limit.scope == scope && limit.holds(name) {
      asks.append(RateLimiter.Ask(limit: limit, code: RateLimiter.Code(limit, [name.description], key: key)))
    }
    return asks
  }

  private func asks(
    of user: String, of caller: Caller, _ key: borrowing SecretBytes
  ) -> [RateLimiter.Ask] {
    var asks: [RateLimiter.Ask] = []
    for limit in rateLimits where limit.scope == .user {
      let owner = RateLimiter.Code(limit, [caller.id.name], key: key)
      asks.append(
        RateLimiter.Ask(limit: limit, code: RateLimiter.Code(limit, [caller.id.name, user], key: key), owner: owner))
    }
    return asks
  }

  /// A hash of a patient's name that means nothing outside of this process.
  private static func hash(_ patient: String) -> UInt64 {
    var hasher = Hasher()
    hasher.combine(patient)
    return UInt64(bitPattern: Int64(hasher.finalize()))
  }
}

extension RateLimiter.Code {
  /// The code of one who has a bucket of a limit; with no words, that of the limit itself.
  init(_ limit: RateLimit, _ words: [String], key: borrowing SecretBytes) {
    var text = lengthPrefixed(Array(limit.identity.utf8))
    for word in words { text += lengthPrefixed(Array(word.utf8)) }
    let bytes = Digest(authenticating: text, key: key).bytes
    func word(at start: Int) -> UInt64 { (start..<start + 8).reduce(0) { $0 << 8 | UInt64(bytes[$1]) } }
    self.init(high: word(at: 0), low: word(at: 8))
  }
}

/// How many tokens an answer is taken for whose vendor did not count them.
enum TokenEstimate {
  /// Of events one each, as vendors send them; of other text one to four bytes.
  static func tokens(in received: [UInt8]) -> Int {
    guard received.starts(with: Array("data:".utf8)) || received.starts(with: Array("event:".utf8)) else {
      return received.count / 4
    }
    let word = Array("data:".utf8)
    var count = 0
    var isStart = true
    for place in received.indices {
      if isStart, received[place] == word[0], received[place...].starts(with: word) { count += 1 }
      isStart = received[place] == 0x0A
    }
    return count
  }
}
