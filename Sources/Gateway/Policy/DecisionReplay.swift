import Bytes
package import Ciphers
package import Ledger

/// Whether the decisions that a log tells of come out again, each asked of the very policies that decided it.
///
/// The set is the one that the entry names and the configuration the one that was in force, which the log names as well; the
/// data directory keeps both under their hashes. A decision that comes out otherwise was not made by what the log says.
package struct DecisionReplay: Sendable {
  /// A decision that comes out otherwise.
  package struct Difference: Hashable, Sendable {
    /// The request, which `cordon explain` tells of.
    package let request: String
    /// What the entry has and what comes out, in words.
    package let words: String
  }

  /// Why a decision cannot be asked again.
  package enum Gap: String, CaseIterable, Error {
    case configuration = "its configuration is not kept"
    case policies = "its policies are not kept, or do not fit its configuration"
    case entry = "its entry does not say all that was asked"
  }

  /// How many came out again.
  package private(set) var reproduced = 0
  /// How many come out otherwise, of which the first are told.
  package private(set) var differing = 0
  package private(set) var differences: [Difference] = []
  /// How many cannot be asked again, and why.
  package private(set) var gaps: [Gap: Int] = [:]
  /// The sets of policies that decided.
  package private(set) var sets: Set<Digest> = []

  private static let mostTold = 100

  private let data: String
  private var configurations: [Digest: Configuration?] = [:]
  private var policies: [Version: PolicyInForce?] = [:]

  private struct Version: Hashable {
    let configuration: Digest
    let policies: Digest
  }

  /// Asks again what the logs of a data directory tell of the time from `since` on, as their keys signed them.
  ///
  /// - Throws: `LedgerError` when a log cannot be read.
  package init(_ logs: [KeyedLog], data: String, since: Timestamp?) throws {
    self.data = data
    for log in logs {
      guard var reader = try log.reader() else { continue }
      var period = Period()
      while let entry = try reader.next() {
        switch entry.outline.event {
        case .serverStarted, .configurationLoaded:
          let json = try JSONValue(parsing: entry.json)
          // What has another object is about other files.
          guard let after = json["after"]?.string, json["object"]?.string == "sha256:\(after)" else { continue }
          period.begin(Digest(hexadecimal: after), at: entry.outline.time)
        case .requestOpened, .requestRefused:
          guard since.map({ entry.outline.time >= $0 }) != false else { continue }
          take(try JSONValue(parsing: entry.json), at: entry.outline.time, in: period)
        default: continue
        }
      }
    }
  }

  /// How many decisions there are.
  package var decisions: Int { reproduced + differing + unclear }
  /// How many cannot be asked again.
  package var unclear: Int { gaps.values.reduce(0, +) }

  private mutating func take(_ entry: JSONValue, at time: Timestamp, in period: Period) {
    // What no policy had a say in, such as a refusal for want of an agreement, is no decision of theirs.
    guard let set = entry["policy_set"]?.string.flatMap({ Digest(hexadecimal: $0) }) else { return }
    sets.insert(set)
    let was = Outcome(of: entry)
    var told: Difference?
    for digest in period.configurations(at: time) {
      switch outcome(of: entry, at: time, under: digest, set) {
      case .success(let now):
        if was.isReproduced(by: now) { return reproduced += 1 }
        let words = "was \(was.words), comes out \(now.words)"
        told = told ?? Difference(request: entry["request"]?.string ?? "", words: words)
      case .failure(let gap): return gaps[gap, default: 0] += 1
      }
    }
    guard let told else { return gaps[.configuration, default: 0] += 1 }
    differing += 1
    if differences.count < DecisionReplay.mostTold { differences.append(told) }
  }

  private mutating func outcome(
    of entry: JSONValue, at time: Timestamp, under digest: Digest, _ set: Digest
  ) -> Result<Outcome, Gap> {
    guard let configuration = configuration(digest) else { return .failure(.configuration) }
    guard let policy = policy(Version(configuration: digest, policies: set), for: configuration) else {
      return .failure(.policies)
    }
    guard let (answer, sight) = RecordedQuestion(entry, at: time, in: configuration)?.asked(of: policy) else {
      return .failure(.entry)
    }
    return .success(Outcome(answer, sight))
  }

  private mutating func configuration(_ digest: Digest) -> Configuration? {
    if let known = configurations[digest] { return known }
    let content = try? KeptVersions.configurations(data: data).content(digest)
    let configuration = content.flatMap { try? Configuration(yaml: String(decoding: $0, as: UTF8.self)) }
    configurations[digest] = .some(configuration)
    return configuration
  }

  private mutating func policy(_ version: Version, for configuration: Configuration) -> PolicyInForce? {
    if let known = policies[version] { return known }
    let text = try? PolicyInForce.kept(version.policies, data: data)
    let policy = text.flatMap { try? PolicyInForce($0, for: configuration) }
    policies[version] = .some(policy)
    return policy
  }
}

/// Which configurations may have been in force.
private struct Period {
  private var current: Digest?
  private var former: Digest?
  private var beginning: Timestamp?

  /// For how long what had begun under the former configuration may still be opened under it.
  private static let overlap: Int64 = 600_000

  mutating func begin(_ configuration: Digest?, at time: Timestamp) {
    (former, current, beginning) = (current, configuration, time)
  }

  /// The one in force, and the one before while requests that it has taken may still begin.
  func configurations(at time: Timestamp) -> [Digest] {
    let overlaps = beginning.map { time.milliseconds - $0.milliseconds < Self.overlap } == true
    return [current, overlaps ? former : nil].compactMap(\.self)
  }
}

/// What was decided, and by which policies.
private struct Outcome {
  let isAllowed: Bool
  let policies: Set<String>
  let isWithheld: Bool

  /// What an entry has.
  init(of entry: JSONValue) {
    isAllowed = entry["decision"]?.string == Ledger.Decision.allow.rawValue
    policies = Set((entry["policy"]?.string ?? "").split(separator: "+").map(String.init))
    isWithheld = entry["policy_withheld"] != nil
  }

  /// What policies say.
  init(_ answer: PolicyAnswer, _ sight: PolicyAnswer?) {
    isAllowed = answer.isAllowed
    policies = Set(answer.policies).union(sight?.isAllowed == true ? sight?.policies ?? [] : [])
    isWithheld = sight?.isAllowed == false
  }

  /// Whether it is the same; an entry has as many names of policies as fit, and the number of those that do not.
  func isReproduced(by other: Outcome) -> Bool {
    guard isAllowed == other.isAllowed, !isAllowed || isWithheld == other.isWithheld else { return false }
    let missing = other.policies.subtracting(policies)
    let others = policies.subtracting(other.policies)
    return missing.isEmpty ? others.isEmpty : others == [String(missing.count)]
  }

  var words: String {
    let by = policies.isEmpty ? "as nothing permits it" : "by \(policies.sorted().joined(separator: " "))"
    return (isAllowed ? "allowed" : "denied") + (isWithheld ? " without identifiers " : " ") + by
  }
}
