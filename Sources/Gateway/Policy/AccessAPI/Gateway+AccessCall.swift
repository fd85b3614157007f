import Bytes
import Ledger
import PHI
import Policy
import Providers

extension Gateway {
  /// Answers a call of the decision endpoint; that it was asked, and what was decided, is in the log before.
  package func answer(_ call: AccessCall) async -> Reply {
    guard let policy else { return .failure(.unknownPath, of: call.requestID) }
    do throws(Refusal) {
      _ = try await takeRates(of: call.caller)
    } catch {
      return await refuse(error, call, .none)
    }
    guard policy.settings.deciders.contains(call.caller.id) else {
      let fact = "caller `\(call.caller.id)` may not ask for decisions"
      return await refuse(Refusal(.decisionsNotAllowed, fact), call, .none)
    }
    let answer: AccessAnswer
    do throws(AccessQuestion.Fault) {
      answer = try decide(call, by: policy)
    } catch {
      return await reject(call, .invalidRequest(error.message, param: nil))
    }
    do {
      var entry = Entry(.accessDecided, at: clock.timestamp, request: call.requestID)
      (entry.caller, entry.client) = (call.caller.id.recorded, call.client)
      (entry.operation, entry.object) = (call.endpoint.recorded, answer.action.flatMap { ConfiguredName($0) })
      entry.decision = answer.decision
      entry.requests = answer.count
      entry.name(
        PolicyRecord(set: policy.digest, policies: answer.reasons, facts: nil, adoption: policy.adoption))
      try await record(entry)
    } catch {
      return .failure(.logUnavailable, of: call.requestID)
    }
    return .json(200, answer.body.bytes)
  }

  private func decide(
    _ call: AccessCall, by policy: PolicyInForce
  ) throws(AccessQuestion.Fault) -> AccessAnswer {
    let json: JSONValue
    do throws(JSONError) {
      json = try JSONValue(parsing: call.body)
    } catch {
      throw AccessQuestion.Fault(error.description)
    }
    guard json.members != nil else { throw AccessQuestion.Fault("the body must be an object") }
    let asked = AccessDesk(policy: policy, known: known(to: policy), now: clock.wall())
    return switch call.endpoint {
    case .evaluation: try asked.evaluation(json)
    case .evaluations: try asked.evaluations(json)
    case .subjects: try asked.subjects(json)
    case .resources: try asked.resources(json)
    case .actions: try asked.actions(json)
    }
  }

  /// The routes, models and vendors of the configuration, as policies know them today.
  private func known(to policy: PolicyInForce) -> [EntityUID: Entity] {
    let today = clock.today
    var known: [EntityUID: Entity] = [:]
    for caller in configuration.callers.prefix(1) {
      for useCase in configuration.useCases {
        for link in admission.links(of: useCase) {
          guard let vendor = admission.vendors[link.vendor] else { continue }
          for model in useCase.models.map({ link.models[$0] ?? $0 }) {
            let use = VendorUse(vendor, for: useCase, model: model, operation: vendor.usualOperation)
            let agreement = (try? admission.coverage(of: use, on: today).get()) ?? nil
            let matter = PolicyMatter(
              caller: caller, user: nil, useCase: useCase, vendor: vendor, target: .route(model: model),
              agreement: agreement, now: 0)
            for entity in PolicyQuestion(matter, .ask, in: policy).entities
            where entity.uid.type != PolicyNames.service { known[entity.uid] = entity }
          }
        }
      }
    }
    return known
  }
}

extension Vendor {
  /// What it is asked for most, in its own dialect.
  fileprivate var usualOperation: Operation {
    carriage(of: .chatCompletions) == .direct ? .chatCompletions : .messages
  }
}

/// What the decision endpoint answers.
struct AccessAnswer {
  var body: JSONValue
  /// How many questions were decided.
  var count: Int
  /// What was decided, where it was one question.
  var decision: Ledger.Decision?
  /// By which policies, where it was one question.
  var reasons: [String] = []
  /// The action, where it was one.
  var action: String?
}
