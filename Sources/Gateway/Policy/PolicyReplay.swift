import Bytes
package import Ledger
import PHI
import Policy
import Providers

/// What other policies would have said of the requests that the log tells of.
///
/// A request is asked again as its entry says it was asked: roles, classes, consents and circumstances stand in the entry,
/// what its use case and vendor are is read from the configuration. It is allowed when its obligations are met, too; of one
/// that is, whether identifiers are shown is asked again.
package struct PolicyReplay: Sendable {
  /// Requests of one kind that would be decided otherwise.
  package struct Change: Hashable, Sendable {
    /// Who asked, and in which roles.
    package let who: String
    /// What they asked, and of what.
    package let what: String
    /// Whether it was refused and would be allowed.
    package let isGain: Bool
    /// The policies that would decide; none when nothing permits it.
    package let policies: [String]
  }

  /// The requests that would be decided otherwise, and how many of each kind.
  package private(set) var changes: [Change: Int] = [:]
  /// How many requests were asked again.
  package private(set) var requests = 0
  /// How many were decided by policies and cannot be asked again, as their entry or the configuration does not say enough.
  package private(set) var unclear = 0

  private let policy: PolicyInForce
  private let configuration: Configuration

  /// What the log of a data directory, with its shards, tells of the time from `since` to before `until`.
  package init(
    _ policy: PolicyInForce, _ configuration: Configuration, data: String, since: Timestamp?, until: Timestamp?
  ) throws {
    (self.policy, self.configuration) = (policy, configuration)
    for log in try ShardedLog.logs(of: data) {
      var reader = try EntryReader(data: log.data)
      while let entry = try reader.next() {
        guard [.requestOpened, .requestRefused].contains(entry.outline.event),
          since.map({ entry.outline.time >= $0 }) != false, until.map({ entry.outline.time < $0 }) != false
        else { continue }
        take(try JSONValue(parsing: entry.json), at: entry.outline.time)
      }
    }
  }

  /// How many requests would be allowed that were refused.
  package var gained: Int { count { $0.isGain } }
  /// How many would be refused that were allowed.
  package var lost: Int { count { !$0.isGain } }

  private func count(_ isCounted: (Change) -> Bool) -> Int {
    changes.reduce(0) { $0 + (isCounted($1.key) ? $1.value : 0) }
  }

  /// What would change, in lines, the most frequent first.
  package var lines: [String] {
    changes.sorted { ($1.value, $0.key.words) < ($0.value, $1.key.words) }.map { change, count in
      "\(change.words), \(count) \(count == 1 ? "request" : "requests")"
    }
  }

  private mutating func take(_ entry: JSONValue, at time: Timestamp) {
    // What no policy had a say in, such as a refusal for want of an agreement, policies do not change.
    guard entry["policy_set"]?.string != nil else { return }
    guard let recorded = RecordedQuestion(entry, at: time, in: configuration),
      let (answer, sight) = recorded.asked(of: policy)
    else {
      unclear += 1
      return
    }
    requests += 1
    let was = entry["decision"]?.string == Ledger.Decision.allow.rawValue
    guard was, answer.isAllowed else { return take(answer, insteadOf: was, of: recorded.matter, recorded.action) }
    if let sight { take(sight, insteadOf: entry["policy_withheld"] == nil, of: recorded.matter, .seeIdentifiers) }
  }

  private mutating func take(
    _ answer: PolicyAnswer, insteadOf was: Bool, of matter: PolicyMatter, _ action: PolicyAction
  ) {
    guard answer.isAllowed != was else { return }
    let roles = matter.roles?.sorted().joined(separator: ", ") ?? ""
    let who = "\(matter.user ?? matter.caller.id.name) (\(roles.isEmpty ? "no role" : roles))"
    let target =
      switch matter.target {
      case .route(let model): "\(matter.useCase.id)/\(matter.vendor.id)/\(model)"
      case .tool(let name): "\(matter.vendor.id)" + (name.map { "/\($0)" } ?? "")
      }
    let change = Change(
      who: who, what: "\(action.rawValue) on \(target) with \(matter.classes.sorted().joined(separator: ", "))",
      isGain: answer.isAllowed, policies: answer.policies)
    changes[change, default: 0] += 1
  }
}

extension PolicyReplay.Change {
  fileprivate var words: String {
    let by = policies.isEmpty ? ", as nothing permits it" : " by \(policies.joined(separator: " "))"
    return "\(who) \(isGain ? "gains" : "loses") \(what)\(by)"
  }
}
