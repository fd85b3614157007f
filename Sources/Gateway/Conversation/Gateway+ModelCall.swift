import Ciphers
import Detection
import Deidentification
import Ledger
import PHI
import Providers
import Vault

extension Gateway {
  /// Answers a call: decide, de-identify, record, forward, restore, record, release.
  package func answer(_ call: ModelCall) async -> Reply {
    if let reply = await deferred(call) { return reply }
    metrics.changeInFlight(by: 1)
    var stopwatch = Stopwatch(clock.monotonic)
    var call = call
    call.span = traces.map { RequestTrace($0, call, clock: clock) }
    let reply = await answerWithinRates(call, &stopwatch)
    call.span?.answered(reply.status)
    if case .whole = reply.body {
      metrics.changeInFlight(by: -1)
      call.span?.end()
    }
    return reply
  }

  private func answerWithinRates(_ call: ModelCall, _ stopwatch: inout Stopwatch) async -> Reply {
    var call = call
    do throws(Refusal) {
      call.rates = try await takeRates(of: call.caller, counted: call.way != nil)
    } catch {
      return await refuse(error, call, .none)
    }
    return await answerOnce(call, &stopwatch)
  }

  func carry(_ call: ModelCall, _ stopwatch: inout Stopwatch) async -> Reply {
    var call = call
    var request: ModelRequest
    do {
      request = try ModelRequest(call.body, for: call.operation)
    } catch {
      return await reject(call, error.description, param: error.path.isEmpty ? nil : error.path)
    }
    guard let model = ModelName(request.model) else {
      return await reject(call, "`model` is no model's name", param: "model")
    }
    var statement: CallerStatement
    do {
      statement = try CallerStatement(request, call)
    } catch {
      return await reject(call, error.description, param: error.path)
    }
    let (useCase, vendor): (UseCase, Vendor?)
    switch decide(call, asking: model, in: request.region) {
    case .allowed(let route): (useCase, vendor) = (route.useCase, route.vendor)
    case .refused(let refusal, let named, let first):
      // What keeps a request from its first vendor need not keep it from the next.
      guard let named, refusal.rule.isAboutVendor, admission.chain(of: named, holding: []).count > 1 else {
        return await self.refuse(refusal, call, statement.parties, useCase: named, vendor: first, model: model)
      }
      (useCase, vendor) = (named, first)
    }
    do throws(Refusal) {
      call.rates = try await takeRates(
        for: useCase, statement.parties, call.caller, after: call.rates,
        asking: admission.chain(of: useCase, holding: []).map(\.vendor), counted: call.way != nil)
    } catch {
      return await self.refuse(error, call, statement.parties, useCase: useCase, vendor: vendor, model: model)
    }
    var losses: ContractLosses?
    if let contract = useCase.contract {
      do {
        (request, statement, losses) = try request.within(contract, statement)
      } catch {
        return await reject(call, error.description, param: error.path.isEmpty ? nil : error.path)
      }
    }
    if !useCase.mayCache {
      do {
        request = try request.decliningCache()
      } catch {
        return await reject(call, error.description, param: error.path.isEmpty ? nil : error.path)
      }
    }
    let parties = statement.parties
    func refuse(_ refusal: Refusal) async -> Reply {
      await self.refuse(refusal, call, parties, useCase: useCase, vendor: vendor, model: model)
    }
    if let refusal = useCase.refusal(of: request, with: statement) { return await refuse(refusal) }
    let classes = configuration.sensitive(
      in: request.prose.text, beside: !request.uninspectable.isEmpty, declared: statement.sensitive)
    metrics.countSensitive(classes)
    let key: TokenKey
    var earlier: EarlierTurns?
    do {
      key = try await tokenKey(of: call.caller)
      if let previous = request.previousResponse {
        earlier = try await earlierTurns(
          endingWith: previous, for: KeptHolder(call.caller, useCase, parties), useCase)
        guard let link = earlier?.link, admission.mayGoOn(useCase, at: link.vendor) else {
          return await reject(call, .unknownPreviousAnswer)
        }
      }
    } catch {
      return await refuse(Refusal(error))
    }
    var safe: SafeRequest
    do {
      safe = try deidentify(
        request, asking: model, under: key, knowing: statement.known, after: earlier, isKept: useCase.keeps(request))
      safe.losses = losses
    } catch {
      return await refuse(Refusal(error))
    }
    if let conversation = safe.conversation,
      let refusal = await objection(toKeeping: conversation.bytes.count, for: call.caller)
    {
      return await refuse(refusal)
    }
    stopwatch.end(.deidentification)
    var attempts = Attempts(
      self, call, request, asking: model, for: useCase, safe, about: parties, stating: statement, holding: classes,
      only: earlier?.link, stopwatch)
    return await attempts.run()
  }

  /// Records that a caller sent what is no request, then tells what is wrong with it.
  private func reject(_ call: ModelCall, _ message: String, param: String?) async -> Reply {
    await reject(call, .invalidRequest(message, param: param))
  }
}
