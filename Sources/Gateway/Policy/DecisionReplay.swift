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
  package enum Gap: String, CaseIterable, Sendable {
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
      var configuration: Digest?
      while let entry = try reader.next() {
        switch entry.outline.event {
        case .serverStarted, .configurationLoaded:
          let json = try JSONValue(parsing: entry.json)
          // What has another object is about other files.
          guard let after = json["after"]?.string, json["object"]?.string == "sha256:\(after)" else { continue }
          configuration = Digest(hexadecimal: after)
        case .requestOpened, .requestRefused:
          guard since.map({ entry.outline.time >= $0 }) != false else { continue }
          take(try JSONValue(parsing: entry.json), at: entry.outline.time, under: configuration)
        default: continue
        }
      }
    }
  }

  /// How many decisions there are.
  package var decisions: Int { reproduced + differing + unclear }
  /// How many cannot be asked again.
  package var unclear: Int { gaps.values.reduce(0, +) }

  private mutating func take(_ entry: JSONValue, at time: Timestamp, under digest: Digest?) {
    // What no policy had a say in, such as a refusal for want of an agreement, is no decision of theirs.
    guard let set = entry["policy_set"]?.string.flatMap({ Digest(hexadecimal: $0) }) else { return }
    sets.insert(set)
    guard let digest, let configuration = configuration(digest) else { return gaps[.configuration, default: 0] += 1 }
    guard let policy = policy(Version(configuration: digest, policies: set), for: configuration) else {
      return gaps[.policies, default: 0] += 1
    }
    guard let (answer, sight) = RecordedQuestion(entry, at: time, in: configuration)?.asked(of: policy) else {
      return gaps[.entry, default: 0] += 1
    }
    let was = Outcome(of: entry)
    let now = Outcome(answer, sight)
    if was.isReproduced(by: now) { return reproduced += 1 }
    differing += 1
    guard differences.count < DecisionReplay.mostTold else { return }
    differences.append(
      Difference(request: entry["request"]?.string ?? "", words: "was \(was.words), comes out \(now.words)"))
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
