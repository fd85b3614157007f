import Bytes
import Ciphers
import Ledger
import Vault

/// What is kept of the limits over a restart: which there were, and what was used.
///
/// A file of the data directory, replaced at once. It has codes under a key of the vault, amounts and a time: no name.
/// What was used since it was last written, at most a second, is lost when the process is killed.
struct KeptRates: Sendable {
  static let file = "rate-limits"
  /// More buckets than these are not kept.
  private static let most = 40_000

  /// A bucket, with the code of its limit.
  struct Bucket {
    var limit: String
    var code: RateLimiter.Code
    var owner: RateLimiter.Code?
    var used: [Int64]
  }

  /// What each limit allowed, by its code.
  var allowances: [String: String] = [:]
  var buckets: [Bucket] = []
  /// When it was written.
  var time: Timestamp

  /// What there is to keep.
  init(_ limits: [RateLimit], _ kept: [RateLimiter.Kept], at time: Timestamp, key: borrowing SecretBytes) {
    self.time = time
    var codes: [String: String] = [:]
    for limit in limits {
      let code = RateLimiter.Code(limit, [], key: key).description
      codes[limit.identity] = code
      allowances[code] = limit.allowance
    }
    for bucket in kept.prefix(Self.most) {
      guard let limit = codes[bucket.limit.identity] else { continue }
      buckets.append(Bucket(limit: limit, code: bucket.code, owner: bucket.owner, used: bucket.used))
    }
  }

  /// What a file says; nil when it is none of these.
  init?(_ content: [UInt8]) {
    guard let said = try? JSONValue(parsing: content), said["v"]?.integer == 1,
      let time = said["time"]?.string.flatMap(Timestamp.init), let limits = said["limits"]?.members,
      let buckets = said["buckets"]?.array
    else { return nil }
    self.time = time
    for limit in limits { allowances[limit.name] = limit.value.string }
    for bucket in buckets {
      guard let parts = bucket.array, parts.count == 4, let limit = parts[0].string,
        let code = parts[1].string.flatMap(RateLimiter.Code.init), let used = parts[3].array
      else { return nil }
      let numbers = used.compactMap { $0.integer.map { Int64($0) } }
      guard numbers.count == used.count else { return nil }
      self.buckets.append(
        Bucket(limit: limit, code: code, owner: parts[2].string.flatMap(RateLimiter.Code.init), used: numbers))
    }
  }

  /// The file's content.
  var content: [UInt8] {
    let limits = allowances.sorted { $0.key < $1.key }.map { JSONMember($0.key, .string($0.value)) }
    let buckets = buckets.map { bucket -> JSONValue in
      let owner = bucket.owner.map { JSONValue.string($0.description) } ?? .null
      return .array([
        .string(bucket.limit), .string(bucket.code.description), owner, .array(bucket.used.map { .number(String($0)) }),
      ])
    }
    let said: JSONValue = .object([
      JSONMember("v", .number("1")), JSONMember("time", .string(time.description)),
      JSONMember("limits", .object(limits)), JSONMember("buckets", .array(buckets)),
    ])
    return said.bytes + [0x0A]
  }
}

extension RateLimiter.Code: LosslessStringConvertible {
  /// 32 hexadecimal digits.
  package var description: String {
    Hex.encode([high, low].flatMap { word in (0..<8).reversed().map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } })
  }

  /// The code that `text` spells; nil when it is none.
  package init?(_ text: String) {
    let digits = Array(text.utf8)
    guard digits.count == 32, let bytes = Hex.decode(digits.span) else { return nil }
    func word(at start: Int) -> UInt64 { (start..<start + 8).reduce(0) { $0 << 8 | UInt64(bytes[$1]) } }
    self.init(high: word(at: 0), low: word(at: 8))
  }
}

extension Gateway {
  private var ratesFile: String { "\(dataDirectory)/\(KeptRates.file)" }

  /// Writes what was used of the limits into its file, if anything has changed.
  func keepRates() async {
    do {
      try await takeKeptRates()
      guard !rateLimits.isEmpty, let kept = rates.kept(at: clock.monotonic()) else { return }
      let key = try await rateKey()
      try SmallFile.replace(ratesFile, with: KeptRates(rateLimits, kept, at: clock.timestamp, key: key).content)
    } catch {
      // The vault is locked, or the disk is full: the next round tries again.
      rates.keepAgain()
    }
  }

  /// Takes what was used before a restart, once, and records which limits are others than then.
  ///
  /// While the vault is locked there is no key to read it by, and nothing is let through either: a later round takes it.
  func takeKeptRates() async throws {
    guard !hasTakenRates.isSet else { return }
    let content = try? SmallFile.content(at: ratesFile)
    guard !rateLimits.isEmpty || content != nil else { return hasTakenRates.set() }
    let kept = content.flatMap { KeptRates($0) }
    let key: SecretBytes
    do throws(Refusal) {
      key = try await rateKey()
    } catch {
      return
    }
    hasTakenRates.set()
    let now = clock.monotonic()
    // A clock that was set back has let no time pass.
    let passed = kept.map { max(0, clock.timestamp.milliseconds - $0.time.milliseconds) } ?? 0
    var changes: [LimitChange] = []
    var former = kept?.allowances ?? [:]
    for limit in rateLimits {
      let code = RateLimiter.Code(limit, [], key: key).description
      let before = former.removeValue(forKey: code)
      if before != limit.allowance { changes.append(LimitChange(limit.name, before, limit.allowance)) }
      for bucket in kept?.buckets ?? [] where bucket.limit == code {
        let kept = RateLimiter.Kept(limit: limit, code: bucket.code, owner: bucket.owner, used: bucket.used)
        rates.restore(kept, passed: passed > 1_000_000_000 ? 1_000_000_000_000 : passed * 1_000, at: now)
      }
    }
    for (code, before) in former.sorted(by: { $0.key < $1.key }) { changes.append(LimitChange(code, before, nil)) }
    try await record(changes)
    rates.keepAgain()
    if rateLimits.isEmpty { _ = try SmallFile.remove(ratesFile) }
  }

  /// Records which limits are others than those of the configuration before.
  func recordRates(after former: [RateLimit]) async throws {
    var changes: [LimitChange] = []
    for limit in rateLimits {
      let before = former.first { $0.identity == limit.identity }?.allowance
      if before != limit.allowance { changes.append(LimitChange(limit.name, before, limit.allowance)) }
    }
    for limit in former where !rateLimits.contains(where: { $0.identity == limit.identity }) {
      changes.append(LimitChange(limit.name, limit.allowance, nil))
    }
    guard !changes.isEmpty else { return }
    try await record(changes)
    rates.keepAgain()
  }

  private func record(_ changes: [LimitChange]) async throws {
    for change in changes { try await record(change.entry(at: clock.timestamp)) }
  }
}

/// A limit that is another than before.
private struct LimitChange {
  let name: String
  let before: String?
  let after: String?

  init(_ name: String, _ before: String?, _ after: String?) {
    (self.name, self.before, self.after) = (name, before, after)
  }

  /// The entry for it: the object is such as `caller:requests:60/60s..requests:30/60s`.
  func entry(at time: Timestamp) -> Entry {
    var entry = Entry(.limitChanged, at: time)
    let values = "\(before ?? "none")..\(after ?? "none")"
    entry.object = ConfiguredName("\(name):\(values)") ?? ConfiguredName(values)
    entry.before = before.map { Digest(hashing: Array("\(name) \($0)".utf8).span) }
    entry.after = after.map { Digest(hashing: Array("\(name) \($0)".utf8).span) }
    return entry
  }
}

extension RateLimit {
  /// What entries call it.
  fileprivate var name: String { "\(scope.rawValue)\(only.map { "+\($0)" }.joined())" }
}
