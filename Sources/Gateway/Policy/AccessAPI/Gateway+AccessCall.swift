import Bytes
import Ciphers
import Ledger
import PHI
import Policy
import Providers

extension Gateway {
  /// Answers a call of the decision endpoint; that it was asked, and what was decided, is in the log before.
  package func answer(_ call: AccessCall) async -> Reply {
    grants.look()
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
    do {
      let json = try Self.question(call)
      answer = try decide(call, json, among: try await accessPatients(json, of: call), by: policy)
    } catch let refusal as Refusal {
      return await refuse(refusal, call, .none)
    } catch {
      let message = (error as? AccessQuestion.Fault)?.message ?? "it cannot be read"
      return await reject(call, .invalidRequest(message, param: nil))
    }
    do {
      for entry in entries(of: answer.decisions, in: call, by: policy) { try await record(entry) }
    } catch {
      return .failure(.logUnavailable, of: call.requestID)
    }
    return .json(200, answer.body.bytes)
  }

  /// What the log says of the decisions of a call; of one that found nothing to decide, that it was made.
  private func entries(
    of decisions: AccessDecisions, in call: AccessCall, by policy: PolicyInForce
  ) -> [Entry] {
    var called = Entry(.accessDecided, at: clock.timestamp, request: call.requestID)
    (called.caller, called.client, called.operation) = (call.caller.id.recorded, call.client, call.endpoint.recorded)
    called.requests = 0
    called.name(PolicyRecord(policy))
    let entries = decisions.kinds.flatMap { kind, count, tags -> [Entry] in
      var entry = called
      entry.object = kind.action.flatMap { ConfiguredName($0) }
      entry.rule = kind.rule.flatMap { ConfiguredName($0.rawValue) }
      (entry.decision, entry.requests) = (kind.isAllowed ? .allow : .deny, count)
      entry.name(
        PolicyRecord(set: policy.digest, policies: kind.policies, facts: nil, adoption: policy.adoption))
      var tags = tags.sorted { $0.description < $1.description }[...]
      entry.tags = Array(tags.prefix(Self.mostTags))
      var entries = [entry]
      // Of more than one entry holds the others are about further patients, and count nothing again.
      tags = tags.dropFirst(Self.mostTags)
      entry.requests = 0
      while !tags.isEmpty {
        entry.tags = Array(tags.prefix(Self.mostTags))
        entries.append(entry)
        tags = tags.dropFirst(Self.mostTags)
      }
      return entries
    }
    return entries.isEmpty ? [called] : entries
  }

  /// How many patients one entry names at most.
  private static let mostTags = 500

  private static func question(_ call: AccessCall) throws(AccessQuestion.Fault) -> JSONValue {
    let json: JSONValue
    do throws(JSONError) {
      json = try JSONValue(parsing: call.body)
    } catch {
      throw AccessQuestion.Fault(error.description)
    }
    guard json.members != nil else { throw AccessQuestion.Fault("the body must be an object") }
    return json
  }

  private func decide(
    _ call: AccessCall, _ json: JSONValue, among patients: AccessPatients, by policy: PolicyInForce
  ) throws(AccessQuestion.Fault) -> AccessAnswer {
    let asked = AccessDesk(policy: policy, known: known(to: policy), patients: patients, now: clock.wall())
    return switch call.endpoint {
    case .evaluation: try asked.evaluation(json)
    case .evaluations: try asked.evaluations(json)
    case .subjects: try asked.subjects(json)
    case .resources: try asked.resources(json)
    case .actions: try asked.actions(json)
    }
  }

  /// The routes, models, vendors and tools of the configuration, as policies know them today.
  private func known(to policy: PolicyInForce) -> HouseFacts {
    let today = clock.today
    var known = HouseFacts()
    guard let caller = configuration.callers.first else { return known }
    for useCase in configuration.useCases {
      func take(_ vendor: Vendor, _ target: PolicyMatter.Target, _ use: VendorUse, _ action: PolicyAction) {
        let agreement = (try? admission.coverage(of: use, on: today).get()) ?? nil
        var matter = PolicyMatter(
          caller: caller, user: nil, useCase: useCase, vendor: vendor, target: target, agreement: agreement, now: 0)
        // An agreement that lets the vendor train covers nothing, and so is not the one that is found.
        if agreement == nil { matter.trainsOnInput = admission.letsTrain(vendor) }
        known.take(PolicyQuestion(matter, action, in: policy), isUsual: action == .ask || action == .useTool)
      }
      for link in admission.links(of: useCase) {
        guard let vendor = admission.vendors[link.vendor] else { continue }
        for model in useCase.models.map({ link.models[$0] ?? $0 }) {
          for (action, operation) in vendor.usualOperations {
            let use = VendorUse(vendor, for: useCase, model: model, operation: operation, isBatch: action == .batch)
            take(vendor, .route(model: model), use, action)
          }
        }
      }
      for vendor in useCase.toolServers.compactMap({ admission.vendors[$0] }) {
        guard case .tools(_, let access) = vendor.kind else { continue }
        for tool in access.tools { take(vendor, .tool(tool), VendorUse(vendor, for: useCase), .useTool) }
      }
    }
    return known
  }
}

extension Vendor {
  /// What it is asked for most by each action that an agreement may cover for itself, in its own dialect.
  fileprivate var usualOperations: [(PolicyAction, Operation)] {
    let isOpenAI = carriage(of: .chatCompletions) == .direct
    let usual: Operation = isOpenAI ? .chatCompletions : .messages
    return [(.ask, usual), (.embed, isOpenAI ? .embeddings : .countTokens), (.batch, usual)]
  }
}

/// What the decision endpoint answers.
struct AccessAnswer {
  var body: JSONValue
  /// What was decided, for the log.
  var decisions: AccessDecisions
}
