import Bytes
import Ciphers
import Ledger
import Policy

/// Decides what applications ask, by the policies in force, and of a patient by the register of consents.
struct AccessDesk {
  let policy: PolicyInForce
  /// What the configuration makes of routes, models, vendors and tools.
  let known: HouseFacts
  let patients: AccessPatients
  let now: Int64

  private static let mostEvaluations = 1_000
  private static let mostResults = 1_000
  private static let usualResults = 100
  // A search looks at no more than this many; the rest comes with the next page.
  private static let mostCandidates = 10_000

  /// Whether somebody may do something.
  func evaluation(_ json: JSONValue) throws(AccessQuestion.Fault) -> AccessAnswer {
    let asked = AccessQuestion(json)
    let question = try policy.question(asked, knowing: known, at: now)
    var decisions = AccessDecisions()
    return AccessAnswer(body: told(try decide(asked, question, &decisions)), decisions: decisions)
  }

  /// Many questions, of which each has what it does not say itself from the whole.
  func evaluations(_ json: JSONValue) throws(AccessQuestion.Fault) -> AccessAnswer {
    guard let items = json["evaluations"]?.array, !items.isEmpty else { return try evaluation(json) }
    guard items.count <= Self.mostEvaluations else {
      throw AccessQuestion.Fault("`evaluations` has more than \(Self.mostEvaluations)")
    }
    let last: Bool?
    switch json["options"]?["evaluations_semantic"]?.string {
    case nil, "execute_all": last = nil
    case "deny_on_first_deny": last = false
    case "permit_on_first_permit": last = true
    default: throw AccessQuestion.Fault("`options.evaluations_semantic` is none")
    }
    let defaults = AccessQuestion(json)
    var answers: [JSONValue] = []
    var decisions = AccessDecisions()
    for item in items {
      var isAllowed = false
      do throws(AccessQuestion.Fault) {
        let asked = AccessQuestion(item, defaults: defaults)
        let question = try policy.question(asked, knowing: known, at: now)
        let outcome = try decide(asked, question, &decisions)
        isAllowed = outcome.isAllowed
        answers.append(told(outcome))
      } catch {
        decisions.takeFault()
        answers.append(["decision": false, "context": ["error": ["status": 400, "message": .string(error.message)]]])
      }
      if isAllowed == last { break }
    }
    return AccessAnswer(body: ["evaluations": .array(answers)], decisions: decisions)
  }

  /// Who may do something.
  func subjects(_ json: JSONValue) throws(AccessQuestion.Fault) -> AccessAnswer {
    let asked = AccessQuestion(json)
    let type = try AccessQuestion.type(asked.subject, "subject")
    let candidates = Set(policy.entities.all.map(\.uid)).union(policy.people).filter { $0.type == type }
    return try search(asked, json, among: candidates) { uid throws(AccessQuestion.Fault) in
      try policy.question(asked, subject: uid, knowing: known, at: now)
    }
  }

  /// To what somebody may do something.
  func resources(_ json: JSONValue) throws(AccessQuestion.Fault) -> AccessAnswer {
    let asked = AccessQuestion(json)
    let type = try AccessQuestion.type(asked.resource, "resource")
    let candidates = Set(policy.entities.all.map(\.uid)).union(known.names).union(policy.people)
      .filter { $0.type == type }
    return try search(asked, json, among: candidates) { uid throws(AccessQuestion.Fault) in
      try policy.question(asked, resource: uid, knowing: known, at: now)
    }
  }

  /// What somebody may do to something.
  func actions(_ json: JSONValue) throws(AccessQuestion.Fault) -> AccessAnswer {
    let asked = AccessQuestion(json)
    let subject = try AccessQuestion.uid(asked.subject, "subject")
    let resource = try AccessQuestion.uid(asked.resource, "resource")
    let candidates = policy.schema.actions.values.filter {
      $0.principals.contains(subject.type) && $0.resources.contains(resource.type)
    }
    return try search(asked, json, among: Set(candidates.map(\.uid))) { uid throws(AccessQuestion.Fault) in
      try policy.question(asked, action: uid, knowing: known, at: now)
    }
  }

  /// Those of the candidates that are allowed, page by page in the order of their names.
  ///
  /// One whose question is none, as its context lacks something, is not allowed.
  private func search(
    _ question: AccessQuestion, _ json: JSONValue, among candidates: Set<EntityUID>,
    _ about: (EntityUID) throws(AccessQuestion.Fault) -> PolicyQuestion
  ) throws(AccessQuestion.Fault) -> AccessAnswer {
    let page = json["page"]
    var limit = Self.usualResults
    if let asked = page?["limit"], asked != .null {
      guard let number = asked.integer, (1...Self.mostResults).contains(number) else {
        throw AccessQuestion.Fault("`page.limit` must be from 1 to \(Self.mostResults)")
      }
      limit = number
    }
    var rest = candidates.sorted()[...]
    if let token = page?["token"]?.string, !token.isEmpty {
      guard let last = Base64URL.decode(token).flatMap({ String(validating: $0, as: UTF8.self) }) else {
        throw AccessQuestion.Fault("`page.token` was not given")
      }
      rest = rest.drop { $0.id <= Text(last) }
    }
    var results: [JSONValue] = []
    var (looked, last): (Int, EntityUID?) = (0, nil)
    var fault: AccessQuestion.Fault?
    var decisions = AccessDecisions()
    while let uid = rest.first, results.count < limit, looked < Self.mostCandidates {
      (rest, last, looked) = (rest.dropFirst(), uid, looked + 1)
      do throws(AccessQuestion.Fault) {
        guard try decide(question, about(uid), &decisions).isAllowed else { continue }
      } catch {
        fault = error
        decisions.takeFault()
        continue
      }
      results.append(
        uid.isAction
          ? ["name": .string(uid.id.string)] : ["type": .string(uid.type.string), "id": .string(uid.id.string)])
    }
    // What is wrong with every question is wrong with what was asked.
    if let fault, results.isEmpty, rest.isEmpty, looked == candidates.count { throw fault }
    let next = rest.isEmpty ? "" : last.map { Base64URL.encode(Array($0.id.string.utf8)) } ?? ""
    return AccessAnswer(
      body: [
        "results": .array(results),
        "page": ["next_token": .string(next), "count": .integer(results.count)],
      ], decisions: decisions)
  }

  /// What policies decide of what they were asked, and what the register has against it.
  private struct Outcome {
    let question: PolicyQuestion
    let decision: Policy.Decision
    let refusal: Refusal?
    var isAllowed: Bool { decision.isAllowed && refusal == nil }
  }

  private func decide(
    _ asked: AccessQuestion, _ question: PolicyQuestion, _ decisions: inout AccessDecisions
  ) throws(AccessQuestion.Fault) -> Outcome {
    let told = try patients.told(asked, question, to: policy)
    let decision = policy.decide(told.question)
    let outcome = Outcome(
      question: told.question, decision: decision, refusal: decision.isAllowed ? told.refusal : nil)
    decisions.take(decision, of: told.question, refusedBy: outcome.refusal?.rule, about: told.tags)
    return outcome
  }

  /// A decision as it is told: by which policies, what they oblige to, and why not.
  private func told(_ outcome: Outcome) -> JSONValue {
    let decision = outcome.decision
    var context = [
      JSONMember("policies", .array(decision.reasons.map { .string($0.string) })),
      JSONMember("policy_set", .string(policy.digest.description)),
    ]
    if let refusal = outcome.refusal {
      context.append(JSONMember("rule", .string(refusal.rule.rawValue)))
      context.append(JSONMember("reason_admin", ["en": .string(refusal.fact)]))
    } else if decision.isAllowed {
      let obligations = policy.authorizer.obligations(of: decision).map { obligation -> JSONValue in
        [
          "kind": .string(obligation.kind.rawValue), "argument": .string(obligation.argument.string),
          "policy": .string(obligation.policy.string),
        ]
      }
      context.append(JSONMember("obligations", .array(obligations)))
    } else {
      context.append(JSONMember("reason_admin", ["en": .string(Refusal(policy, decision, outcome.question).fact)]))
    }
    return ["decision": .bool(outcome.isAllowed), "context": .object(context)]
  }
}

extension PolicyInForce {
  /// Everybody whom the configuration knows.
  fileprivate var people: Set<EntityUID> {
    Set(house.callerNames.map { EntityUID(PolicyNames.service, Text($0)) })
      .union((settings.users ?? [:]).keys.map { EntityUID(PolicyNames.person, Text($0)) })
  }
}
