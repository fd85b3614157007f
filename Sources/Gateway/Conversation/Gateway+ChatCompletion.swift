import Ciphers
import Detection
import Deidentification
import Ledger
import PHI
import Providers

extension Gateway {
  /// `POST /v1/chat/completions`: decide, de-identify, record, forward, restore, record, release.
  package func chatCompletion(_ call: ChatCall) async -> Reply {
    metrics.changeInFlight(by: 1)
    var stopwatch = Stopwatch(clock.monotonic)
    let reply = await carry(call, &stopwatch)
    if case .whole = reply.body { metrics.changeInFlight(by: -1) }
    return reply
  }

  private func carry(_ call: ChatCall, _ stopwatch: inout Stopwatch) async -> Reply {
    let chat: ChatRequest
    do {
      chat = try ChatRequest(call.body)
    } catch {
      return await reject(call, error.description, param: error.path.isEmpty ? nil : error.path)
    }
    guard let model = ModelName(chat.model) else {
      return await reject(call, "`model` is no model's name", param: "model")
    }
    let known: KnownIdentifiers?
    do {
      known = try chat.known()
    } catch {
      return await reject(call, error.description, param: error.path)
    }
    switch admission.decide(caller: call.caller, requesting: call.useCase, model: model, on: clock.today) {
    case .refused(let refusal, let useCase, let vendor):
      return await refuse(refusal, call, useCase: useCase, vendor: vendor, model: model)
    case .allowed(let route):
      if let part = chat.uninspectable.first {
        let fact = "`\(part.path)` cannot be searched for identifiers (\(part.reason.rawValue))"
        return await refuse(
          Refusal(.uninspectableContent, fact), call, useCase: route.useCase, vendor: route.vendor, model: model)
      }
      if known != nil, !route.useCase.acceptsKnown {
        let fact = "use case `\(route.useCase.id)` takes no known identifiers"
        return await refuse(
          Refusal(.knownNotAccepted, fact), call, useCase: route.useCase, vendor: route.vendor, model: model)
      }
      return await exchange(chat, known, call, route, &stopwatch)
    }
  }

  /// Records that a caller sent what is no request, then tells what is wrong with it.
  private func reject(_ call: ChatCall, _ message: String, param: String?) async -> Reply {
    do {
      try await ledger.append(
        RequestRecord.rejection(requestID: call.requestID, caller: call.caller, at: clock.timestamp))
    } catch {
      metrics.countRequest(.logUnavailable, microseconds: 0)
      return .failure(.logUnavailable)
    }
    metrics.countRequest(.rejected, microseconds: 0)
    return .failure(.invalidRequest(message, param: param))
  }

  /// Records a refusal, then tells it; one that cannot be recorded is told as the log's failure.
  private func refuse(
    _ refusal: Refusal, _ call: ChatCall, useCase: UseCase?, vendor: Vendor?, model: ModelName
  ) async -> Reply {
    let entry = RequestRecord.refusal(
      refusal, requestID: call.requestID, caller: call.caller, useCase: useCase, vendor: vendor, model: model,
      at: clock.timestamp)
    do {
      try await ledger.append(entry)
    } catch {
      metrics.countRequest(.logUnavailable, microseconds: 0)
      return .failure(.logUnavailable)
    }
    metrics.countRefusal(refusal.rule)
    metrics.countRequest(.refused, microseconds: 0)
    return .refusal(refusal)
  }

  private func exchange(
    _ chat: ChatRequest, _ known: KnownIdentifiers?, _ call: ChatCall, _ route: Admission.Route,
    _ stopwatch: inout Stopwatch
  ) async -> Reply {
    guard let endpoint = endpoints[route.vendor.id] else { return .failure(.vendor(.unreachable)) }
    let safe: SafeRequest
    do {
      safe = try deidentify(chat, for: call.caller, knowing: known)
    } catch {
      return await refuse(
        Refusal(error), call, useCase: route.useCase, vendor: route.vendor, model: route.model)
    }
    stopwatch.end(.deidentification)
    let record: RequestRecord
    do {
      let sent = try ledger.digestOfSealed(safe.body.span, of: call.requestID, .sent)
      record = RequestRecord(call.requestID, route, identifiers: safe.counts, known: safe.knownCount, sent: sent)
      try await ledger.append(record.opening(at: clock.timestamp, times: stopwatch.times))
    } catch {
      metrics.countRequest(.logUnavailable, microseconds: stopwatch.elapsed())
      return .failure(.logUnavailable)
    }
    metrics.countIdentifiers(safe.counts)
    let exchange = Exchange(
      gateway: self, requestID: call.requestID, record: record, safe: safe, chat: ChatShape(chat),
      revealing: IdentifierSet(route.useCase.restores), stopwatch: stopwatch)
    return await exchange.run(through: endpoint)
  }
}

/// What the answer's way depends on of a request whose text has been let go.
struct ChatShape: Sendable {
  let isStreaming: Bool
  let choiceCount: Int
  let wantsJSON: Bool

  init(_ chat: ChatRequest) {
    isStreaming = chat.isStreaming
    choiceCount = chat.choiceCount
    wantsJSON = chat.wantsJSON
  }
}
