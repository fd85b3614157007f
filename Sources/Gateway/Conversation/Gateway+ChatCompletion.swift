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
    let chat: ModelRequest
    do {
      chat = try ModelRequest(call.body, for: .chatCompletions)
    } catch {
      return await reject(call, error.description, param: error.path.isEmpty ? nil : error.path)
    }
    guard let model = ModelName(chat.model) else {
      return await reject(call, "`model` is no model's name", param: "model")
    }
    let statement: CallerStatement
    do {
      statement = try CallerStatement(chat, call)
    } catch {
      return await reject(call, error.description, param: error.path)
    }
    let (known, parties) = (statement.known, statement.parties)
    switch admission.decide(caller: call.caller, requesting: call.useCase, model: model, on: clock.today) {
    case .refused(let refusal, let useCase, let vendor):
      return await refuse(refusal, call, parties, useCase: useCase, vendor: vendor, model: model)
    case .allowed(let route):
      if let part = chat.uninspectable.first {
        let fact = "`\(part.path)` cannot be searched for identifiers (\(part.reason.rawValue))"
        return await refuse(
          Refusal(.uninspectableContent, fact), call, parties, useCase: route.useCase, vendor: route.vendor,
          model: model)
      }
      if known != nil, !route.useCase.acceptsKnown {
        let fact = "use case `\(route.useCase.id)` takes no known identifiers"
        return await refuse(
          Refusal(.knownNotAccepted, fact), call, parties, useCase: route.useCase, vendor: route.vendor, model: model)
      }
      if let missing = route.useCase.missing(in: parties) {
        let fact = "use case `\(route.useCase.id)` wants to know the \(missing.rawValue)"
        return await refuse(
          Refusal(.partyRequired, fact), call, parties, useCase: route.useCase, vendor: route.vendor, model: model)
      }
      return await exchange(chat, statement, call, route, &stopwatch)
    }
  }

  /// Records that a caller sent what is no request, then tells what is wrong with it.
  private func reject(_ call: ChatCall, _ message: String, param: String?) async -> Reply {
    do {
      try await record(
        RequestRecord.rejection(
          requestID: call.requestID, caller: call.caller, client: call.client, at: clock.timestamp))
    } catch {
      metrics.countRequest(.logUnavailable, microseconds: 0)
      return .failure(.logUnavailable)
    }
    metrics.countRequest(.rejected, microseconds: 0)
    return .failure(.invalidRequest(message, param: param))
  }

  /// Records a refusal, then tells it; one that cannot be recorded is told as the log's failure.
  private func refuse(
    _ refusal: Refusal, _ call: ChatCall, _ parties: RequestParties, useCase: UseCase?, vendor: Vendor?,
    model: ModelName
  ) async -> Reply {
    var entry = RequestRecord.refusal(
      refusal, requestID: call.requestID, caller: call.caller, useCase: useCase, vendor: vendor, model: model,
      at: clock.timestamp)
    entry.client = call.client
    do {
      // A refusal while the vault is shut is recorded all the same, without the names that only the vault can give.
      try await sealed(parties, of: call.requestID, admitted: false).name(in: &entry, withParts: false)
    } catch {
      metrics.countKeyFailure()
    }
    do {
      try await record(entry)
    } catch {
      metrics.countRequest(.logUnavailable, microseconds: 0)
      return .failure(.logUnavailable)
    }
    metrics.countRefusal(refusal.rule)
    metrics.countRequest(.refused, microseconds: 0)
    return .refusal(refusal)
  }

  private func refuse(
    _ refusal: Refusal, _ call: ChatCall, _ parties: RequestParties, _ route: Admission.Route
  ) async -> Reply {
    await refuse(refusal, call, parties, useCase: route.useCase, vendor: route.vendor, model: route.model)
  }

  private func exchange(
    _ chat: ModelRequest, _ statement: CallerStatement, _ call: ChatCall, _ route: Admission.Route,
    _ stopwatch: inout Stopwatch
  ) async -> Reply {
    guard let endpoint = endpoints[route.vendor.id] else { return .failure(.vendor(.unreachable)) }
    let key: TokenKey
    let parties: SealedParties
    do {
      key = try await tokenKey(of: call.caller)
      parties = try await sealed(statement.parties, of: call.requestID, admitted: true)
    } catch {
      return await refuse(Refusal(error), call, statement.parties, route)
    }
    let safe: SafeRequest
    do {
      safe = try deidentify(chat, under: key, knowing: statement.known)
    } catch {
      return await refuse(Refusal(error), call, statement.parties, route)
    }
    stopwatch.end(.deidentification)
    let sent: Digest
    do {
      sent = try await digestOfSealed(safe.body, of: call.requestID, .sent)
    } catch {
      return await refuse(Refusal(error), call, statement.parties, route)
    }
    let record = RequestRecord(
      call.requestID, route, client: call.client, parties: parties, identifiers: safe.counts, known: safe.knownCount,
      sent: sent)
    do {
      let opening = record.opening(at: clock.timestamp, times: stopwatch.times)
      try await self.record(opening, sealing: parties.parts)
    } catch {
      metrics.countRequest(.logUnavailable, microseconds: stopwatch.elapsed())
      return .failure(.logUnavailable)
    }
    metrics.countIdentifiers(safe.counts)
    let exchange = Exchange(
      gateway: self, requestID: call.requestID, record: record, safe: safe, chat: ChatShape(chat),
      revealing: IdentifierSet(route.useCase.restores), novelty: route.useCase.novelty, stopwatch: stopwatch)
    return await exchange.run(through: endpoint)
  }
}

/// What the answer's way depends on of a request whose text has been let go.
struct ChatShape: Sendable {
  let isStreaming: Bool
  let choiceCount: Int
  let wantsJSON: Bool

  init(_ chat: ModelRequest) {
    isStreaming = chat.isStreaming
    choiceCount = chat.choiceCount
    wantsJSON = chat.wantsJSON
  }
}
