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

  /// What decided, as entries name it.
  private struct Version: Hashable {
    let configuration: Digest?
    let policies: Digest?
  }

  /// Which configurations and policies may have been in force.
  private struct Period {
    private var current: Version?
    private var former: Version?
    private var beginning: Timestamp?

    /// For how long what had begun under the former ones may still be opened under them.
    private static let overlap: Int64 = 600_000

    mutating func begin(_ version: Version, at time: Timestamp) {
      (former, current, beginning) = (current, version, time)
    }

    /// Those in force, and those before while requests that they have taken may still begin.
    func versions(at time: Timestamp) -> [Version] {
      let overlaps = beginning.map { time.milliseconds - $0.milliseconds < Self.overlap } == true
      return [current, overlaps ? former : nil].compactMap(\.self)
    }
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
          let version = Version(configuration: Digest(hexadecimal: after), policies: Self.set(of: json))
          period.begin(version, at: entry.outline.time)
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

  private static func set(of entry: JSONValue) -> Digest? {
    entry["policy_set"]?.string.flatMap { Digest(hexadecimal: $0) }
  }

  private mutating func take(_ entry: JSONValue, at time: Timestamp, in period: Period) {
    let set = Self.set(of: entry)
    let versions = period.versions(at: time)
    guard set != nil || RecordedQuestion.isAlwaysAsked(entry) && versions.allSatisfy({ $0.policies != nil }) else {
      // What no policy had a say in, such as a refusal for want of an agreement, is no decision of theirs.
      return
    }
    if let set { sets.insert(set) }
    let was = Outcome(of: entry)
    var told = "names other policies than were in force"
    for version in versions where version.policies == set {
      switch outcome(of: entry, at: time, under: version) {
      case .success(.disagrees(let words)): told = words
      case .success(.decides(let now)):
        if was == now { return reproduced += 1 }
        told = "was \(was.words), comes out \(now.words)"
      case .failure(let gap): return gaps[gap, default: 0] += 1
      }
    }
    guard !versions.isEmpty else { return gaps[.configuration, default: 0] += 1 }
    differing += 1
    guard differences.count < DecisionReplay.mostTold else { return }
    differences.append(Difference(request: entry["request"]?.string ?? "", words: told))
  }

  /// What comes of asking again.
  private enum Replayed {
    case decides(Outcome)
    /// The entry says something that the configuration contradicts.
    case disagrees(String)
  }

  private mutating func outcome(
    of entry: JSONValue, at time: Timestamp, under version: Version
  ) -> Result<Replayed, Gap> {
    guard let configuration = version.configuration.flatMap({ configuration($0) }) else {
      return .failure(.configuration)
    }
    guard let policy = policy(version, for: configuration) else { return .failure(.policies) }
    guard let recorded = RecordedQuestion(entry, at: time, in: configuration) else { return .failure(.entry) }
    if let words = recorded.disagreement(with: configuration) { return .success(.disagrees(words)) }
    guard let (answer, sight) = recorded.asked(of: policy) else { return .failure(.entry) }
    return .success(.decides(Outcome(answer, sight)))
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
    let text = version.policies.flatMap { try? PolicyInForce.kept($0, data: data) }
    let policy = text.flatMap { try? PolicyInForce($0, for: configuration) }
    policies[version] = .some(policy)
    return policy
  }
}

/// What was decided, and by which policies.
private struct Outcome: Equatable {
  let isAllowed: Bool
  /// Their names as entries have them.
  let policies: String?
  let isWithheld: Bool

  /// What an entry has.
  init(of entry: JSONValue) {
    isAllowed = entry["decision"]?.string == Ledger.Decision.allow.rawValue
    policies = entry["policy"]?.string
    isWithheld = isAllowed && entry["policy_withheld"] != nil
  }

  /// What policies say.
  init(_ answer: PolicyAnswer, _ sight: PolicyAnswer?) {
    isAllowed = answer.isAllowed
    let seeing = sight?.isAllowed == true ? sight?.policies ?? [] : []
    policies = PolicyRecord.joined(answer.policies + seeing.filter { !answer.policies.contains($0) })?.description
    isWithheld = sight?.isAllowed == false
  }

  var words: String {
    (isAllowed ? "allowed" : "denied") + (isWithheld ? " without identifiers " : " ")
      + (policies.map { "by \($0)" } ?? "as nothing permits it")
  }
}
