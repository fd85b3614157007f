package import Ciphers
import Deidentification
package import PHI

/// The decisions of an organisation about the specifications of the Security Rule, each once.
package struct SafeguardRecord: Hashable, Sendable {
  /// The name of the file in the data directory.
  package static let file = "safeguards.yaml"
  /// In the order of the rule.
  package let decisions: [SafeguardDecision]

  /// No decision.
  package init() { decisions = [] }

  /// Reads a record; the first mistake is thrown with its line.
  package init(yaml: String) throws(ConfigurationError) {
    let list = try ConfigurationNode(yaml: yaml).members("safeguards").required("safeguards")
    var decisions: [SecuritySpecification: SafeguardDecision] = [:]
    for node in try list.elements() {
      let decision = try SafeguardDecision(node)
      guard decisions.updateValue(decision, forKey: decision.specification) == nil else { throw node.error(.duplicate) }
    }
    self.decisions = SecuritySpecification.all.compactMap { decisions[$0] }
  }

  /// The record in a file; an empty one when there is no file.
  package static func record(at path: String) throws(ConfigurationError) -> SafeguardRecord {
    let content: [UInt8]?
    do throws(FileFault) {
      content = try SmallFile.content(at: path)
    } catch {
      throw ConfigurationError(.unreadable, at: file, line: nil)
    }
    guard let content else { return SafeguardRecord() }
    return try SafeguardRecord(yaml: String(decoding: content, as: UTF8.self))
  }

  /// Puts `yaml` in the place of the record at `path` while nobody else does: what it said before and says after.
  ///
  /// The former file stays beside it, under the first 16 hexadecimal digits of its hash.
  package static func replace(
    _ path: String, with yaml: [UInt8]
  ) throws -> (before: SafeguardRecord, after: SafeguardRecord) {
    let after = try SafeguardRecord(yaml: String(decoding: yaml, as: UTF8.self))
    return try SmallFile.alone(path) {
      let before = try record(at: path)
      if let former = try SmallFile.content(at: path), former != yaml {
        try SmallFile.replace("\(path).\(Digest(hashing: former.span).description.prefix(16))", with: former)
      }
      try SmallFile.replace(path, with: yaml)
      return (before, after)
    }
  }

  /// The decision about a specification.
  package func decision(on specification: SecuritySpecification) -> SafeguardDecision? {
    decisions.first { $0.specification == specification }
  }

  /// A decision that is another than it was.
  package struct Change: Hashable, Sendable {
    /// How the log names it: the paragraph, and what was decided.
    package let name: String
    /// The hash of the decision before, from which the vault makes a code; nil when nothing was decided.
    package let before: Digest?
    /// The hash of the decision now; nil when it was withdrawn.
    package let after: Digest?
  }

  /// The decisions that are others than in `former`.
  package func changes(since former: SafeguardRecord) -> [Change] {
    SecuritySpecification.all.compactMap { specification in
      let (before, after) = (former.decision(on: specification), decision(on: specification))
      guard after != before else { return nil }
      return Change(
        name: "\(specification.slug):\(after?.kind.rawValue ?? "withdrawn")", before: before?.digest,
        after: after?.digest)
    }
  }
}

/// Something that is missing in a record of safeguards, or soon will be.
package struct SafeguardFinding: Hashable, Sendable {
  package enum Kind: String, Sendable {
    /// Nothing was decided.
    case undecided
    /// The day of its review is over.
    case reviewOverdue = "review_overdue"
    /// It has to be implemented, and is not.
    case notImplemented = "not_implemented"
    /// The day of its review is near.
    case reviewSoon = "review_soon"
  }

  package let kind: Kind
  package let specification: SecuritySpecification
  /// What is so, in words.
  package let fact: String
}

extension SafeguardRecord {
  /// What is missing on a day under some rules, and which reviews are due within so many days.
  ///
  /// Specifications that are required are held against the record only where it names them, or where the rules have made
  /// them required: what an organisation does about the others is not decided by weighing.
  package func findings(on today: CalendarDate, within days: Int, under rules: SafeguardRules) -> [SafeguardFinding] {
    SecuritySpecification.all.compactMap { specification in
      func found(_ kind: SafeguardFinding.Kind, _ fact: String) -> SafeguardFinding {
        SafeguardFinding(kind: kind, specification: specification, fact: fact)
      }
      guard let decision = decision(on: specification) else {
        return specification.isAddressable ? found(.undecided, "nothing was decided") : nil
      }
      guard decision.kind == .implemented || rules.isAddressable(specification) else {
        return found(.notImplemented, "the decision is `\(decision.kind.rawValue)`, and \(rules.rawValue) requires it")
      }
      let left = decision.review.dayNumber - today.dayNumber
      if left < 0 { return found(.reviewOverdue, "the review of \(decision.review) is \(-left) days overdue") }
      return left <= days ? found(.reviewSoon, "the review is on \(decision.review), in \(left) days") : nil
    }
  }
}
