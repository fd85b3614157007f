/// Why a request was decided as it was, with the values it turned on.
///
/// It holds values of the request and its entities: it is for those who may see them, and never for a log.
package struct Explanation: Hashable, Sendable {
  /// A part of a policy that had to hold, with what it was about.
  package struct Test: Hashable, Sendable {
    /// What came of it.
    package enum Outcome: Hashable, Sendable {
      /// It held or did not.
      case held, failed
      /// It could not be evaluated.
      case error(EvaluationError)
    }

    /// The part, as Cedar text.
    package var text: String
    /// What came of it.
    package var outcome: Outcome
    /// The parts of the request that it looks at, and what they are worth.
    package var values: [Reading]
  }

  /// A part of a request and its value; nil when it has none.
  package struct Reading: Hashable, Sendable {
    /// The part, as Cedar text.
    package var text: String
    /// What it is worth.
    package var value: Value?
  }

  /// A policy that permits, but not this.
  package struct NearMiss: Hashable, Sendable {
    /// The policy's id.
    package var policy: Text
    /// How many of its parts held.
    package var held: Int
    /// How many parts it has.
    package var count: Int
    /// The first part that did not hold.
    package var firstFailure: Test
  }

  /// A policy that had its way, and what it rests on.
  package struct Ground: Hashable, Sendable {
    /// The policy's id.
    package var policy: Text
    /// Its parts.
    package var tests: [Test]
  }

  /// The decision.
  package var decision: Decision
  /// The policies that decided.
  package var grounds: [Ground]
  /// The policies that would have permitted the request, had none forbidden it.
  package var overruled: [Text]
  /// When nothing permits the request: the policies that come nearest, the nearest first.
  package var nearMisses: [NearMiss]
}

extension Authorizer {
  /// Decides a request and tells why.
  ///
  /// A policy about the action is nearer than one about another; then the one of which fewer parts fail; then the one
  /// of which more hold.
  package func explain(_ request: AccessRequest, _ entities: Entities, nearest limit: Int = 3) -> Explanation {
    let decision = decide(request, entities)
    let reasons = Set(decision.reasons)
    var grounds: [Explanation.Ground] = []
    var overruled: [Text] = []
    var nearMisses: [(distance: (Int, Int, Int), miss: Explanation.NearMiss)] = []
    let about = request.action
    let groups = (entities[about]?.ancestors ?? []).union([about])
    for statement in statements {
      let isReason = reasons.contains(statement.id)
      guard isReason || statement.effect == .permit else { continue }
      let tests = statement.tests(of: request, entities)
      if isReason {
        grounds.append(Explanation.Ground(policy: statement.id, tests: tests))
      } else if let failure = tests.first(where: { $0.outcome != .held }) {
        let held = tests.count { $0.outcome == .held }
        let isElsewhere = !statement.action.isAbout(about, in: groups)
        let miss = Explanation.NearMiss(
          policy: statement.id, held: held, count: tests.count, firstFailure: failure)
        nearMisses.append(((isElsewhere ? 1 : 0, tests.count - held, -held), miss))
      } else {
        overruled.append(statement.id)
      }
    }
    let isUnpermitted = decision.effect == .deny && overruled.isEmpty
    nearMisses.sort { $0.distance < $1.distance }
    return Explanation(
      decision: decision, grounds: grounds, overruled: decision.isAllowed ? [] : overruled,
      nearMisses: isUnpermitted ? nearMisses.prefix(limit).map(\.miss) : [])
  }
}

extension ActionScope {
  fileprivate func isAbout(_ action: EntityUID, in groups: Set<EntityUID>) -> Bool {
    switch self {
    case .any: true
    case .equal(let uid): uid == action
    case .isIn(let uids): !groups.isDisjoint(with: uids)
    }
  }
}

extension Statement {
  fileprivate func tests(of request: AccessRequest, _ entities: Entities) -> [Explanation.Test] {
    let whole = fullCondition
    guard case .all(let scopes) = whole else { return [] }
    var parts = scopes.prefix(3).filter { $0 != .bool(true) }
    for condition in conditions {
      parts += condition.kind == .when ? condition.body.conjuncts : [.not(condition.body)]
    }
    return parts.map { $0.test(of: request, entities) }
  }
}

extension Expression {
  /// What must all hold for the expression to hold.
  fileprivate var conjuncts: [Expression] {
    guard case .all(let operands) = self else { return [self] }
    return operands.flatMap(\.conjuncts)
  }

  fileprivate func test(of request: AccessRequest, _ entities: Entities) -> Explanation.Test {
    let outcome: Explanation.Test.Outcome
    do throws(EvaluationError) {
      outcome = try value(for: request, entities).truth() ? .held : .failed
    } catch {
      outcome = .error(error)
    }
    var met = Set<String>()
    let values = readings.map {
      Explanation.Reading(text: $0.description, value: try? $0.value(for: request, entities))
    }
    return Explanation.Test(text: description, outcome: outcome, values: values.filter { met.insert($0.text).inserted })
  }

  /// The largest parts that read something out of the request.
  private var readings: [Expression] {
    switch self {
    case .variable: [self]
    case .attribute(let operand, _) where operand.isPath: [self]
    case .binary(.getTag, let operand, _) where operand.isPath: [self]
    default: parts.flatMap(\.readings)
    }
  }

  private var isPath: Bool {
    switch self {
    case .variable: true
    case .attribute(let operand, _): operand.isPath
    default: false
    }
  }

  /// The value of the expression for a request.
  package func value(for request: AccessRequest, _ entities: Entities) throws(EvaluationError) -> Value {
    var program = Program()
    let place = program.add(self)
    return try Evaluator(program, request, entities).value(place)
  }
}

extension Explanation: CustomStringConvertible {
  /// The explanation in lines of text.
  package var description: String {
    var lines = [decision.effect.rawValue]
    for ground in grounds {
      lines.append("  because of `\(ground.policy)`")
      lines += ground.tests.map { "    \($0)" }
    }
    if !overruled.isEmpty { lines.append("  which overrules \(overruled.map { "`\($0)`" }.joined(separator: ", "))") }
    for failure in decision.failures { lines.append("  `\(failure.policy)` could not be evaluated: \(failure.error)") }
    if grounds.isEmpty { lines.append("  because no policy permits it") }
    for miss in nearMisses {
      lines.append("  `\(miss.policy)`: \(miss.held) of \(miss.count) hold, but not")
      lines.append("    \(miss.firstFailure)")
    }
    return lines.joined(separator: "\n")
  }
}

extension Explanation.Test: CustomStringConvertible {
  /// The part, what came of it, and the values it looks at.
  package var description: String {
    let readings = values.map { "\($0.text) = \($0.value.map { "\($0)" } ?? "nothing")" }.joined(separator: ", ")
    let suffix = readings.isEmpty ? "" : " where \(readings)"
    switch outcome {
    case .held, .failed: return text + suffix
    case .error(let error): return "\(text) (\(error))\(suffix)"
    }
  }
}
