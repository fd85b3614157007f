import Bytes
import Ciphers
import Ledger
import Providers
import Vault

extension Gateway {
  /// Takes a call to be carried out later, where its use case lets it be and it can be; nil where it is to be answered now.
  ///
  /// What is no request, or may not be made now, is refused at once like any other. When this says that it is taken, it is
  /// on stable storage.
  func deferred(_ call: ModelCall) async -> Reply? {
    guard call.mayBeDeferred, let useCase = admission.useCase(call.useCase, of: call.caller),
      let settings = useCase.deferral, let request = try? ModelRequest(call.body, for: call.operation),
      !request.isStreaming, let model = ModelName(request.model), let statement = try? CallerStatement(request, call)
    else { return nil }
    // What the contract of the use case leaves out is not kept either.
    var (limited, named, losses) = (request, statement, ContractLosses?.none)
    if let contract = useCase.contract {
      guard let within = try? request.within(contract, statement) else { return nil }
      (limited, named, losses) = within
    }
    guard useCase.refusal(of: limited, with: named) == nil else { return nil }
    switch decide(call, asking: model, in: request.region) {
    case .allowed: break
    case .refused(let refusal, let named, _):
      guard named != nil, refusal.rule.isAboutVendor, admission.chain(of: useCase, holding: []).count > 1 else {
        return nil
      }
    }
    func refuse(_ refusal: Refusal) async -> Reply {
      await self.refuse(refusal, call, named.parties, useCase: useCase)
    }
    // What is searched is counted before, and has its place: who is beyond the limits has nothing searched.
    let counted: [RateLimiter.Ask]
    do throws(Refusal) {
      // The request counts once, now: not when it is carried out, however often that is tried.
      let taken = try await takeRates(of: call.caller)
      counted = try await takeRates(for: useCase, statement.parties, call.caller, after: taken, asking: [])
    } catch {
      return await refuse(error)
    }
    let body = losses == nil ? call.body : limited.wholeBody(with: request.gatewayMember)
    var bytes = DeferredRequest(call, body, naming: named.parties).bytes
    defer { bytes.wipe() }
    let now = clock.wall()
    let item = DeferredQueue.Item(
      id: call.requestID, caller: call.caller.id.name, useCase: useCase.id.name, since: now,
      expires: now + Int64(settings.seconds) * 1_000, bytes: bytes.count)
    guard bytes.count <= KeptMaps.longestMap, deferred.isWhole.isSet, deferred.reserve(item, within: limits) else {
      return await refuse(Refusal(queueFull: useCase))
    }
    guard await mayBegin(call, limited, asking: model, for: useCase, stating: named) else {
      // It is answered at once, and counts then.
      deferred.remove(call.requestID, .gone)
      rates.giveBack(counted)
      return nil
    }
    return await take(call, item, bytes, about: named.parties, useCase, settings, without: losses)
  }

  /// Whether a call would be carried out now, as far as agreements, patients and policies go; false also where that cannot be
  /// said.
  private func mayBegin(
    _ call: ModelCall, _ request: ModelRequest, asking model: ModelName, for useCase: UseCase,
    stating statement: CallerStatement
  ) async -> Bool {
    let classes = configuration.sensitive(
      in: request.prose.text, beside: !request.uninspectable.isEmpty, declared: statement.sensitive)
    do {
      let key = try await tokenKey(of: call.caller)
      var earlier: EarlierTurns?
      if let previous = request.previousResponse {
        earlier = try await earlierTurns(
          endingWith: previous, for: KeptHolder(call.caller, useCase, statement.parties), useCase)
        guard let link = earlier?.link, admission.mayGoOn(useCase, at: link.vendor) else { return false }
      }
      let safe = try deidentify(
        request, asking: model, under: key, knowing: statement.known, after: earlier, isKept: useCase.keeps(request))
      let attempts = Attempts(
        self, call, request, asking: model, for: useCase, safe, about: statement.parties, stating: statement,
        holding: classes, only: earlier?.link, Stopwatch(clock.monotonic))
      return await attempts.mayBegin()
    } catch {
      return false
    }
  }

  /// Keeps what has a place in the queue.
  private func take(
    _ call: ModelCall, _ item: DeferredQueue.Item, _ bytes: [UInt8], about parties: RequestParties, _ useCase: UseCase,
    _ settings: DeferralSettings, without losses: ContractLosses?
  ) async -> Reply {
    func refuse(_ refusal: Refusal) async -> Reply { await self.refuse(refusal, call, parties, useCase: useCase) }
    if let refusal = await objection(toKeeping: bytes.count, for: call.caller) {
      deferred.remove(call.requestID, .gone)
      return await refuse(refusal.rule == .tooMuchKept ? Refusal(queueFull: useCase) : refusal)
    }
    var base: Entry
    do {
      base = try await entry(of: call.requestID, call.caller, from: call.client, useCase, about: parties)
    } catch {
      deferred.remove(call.requestID, .gone)
      return await refuse(Refusal(error))
    }
    base.operation = call.recordedOperation
    base.decision = .allow
    (base.fieldsDropped, base.elementsDropped) = (losses?.fields, losses?.elements?.dropped)
    let object = KeptObject(deferred: call.requestID)
    let failure = await keep(object, bytes, for: item.holder, settings.kept, within: limits.kept, saying: base)
    if let failure {
      deferred.remove(call.requestID, .gone)
      let outcome = failure == .logUnavailable ? .logUnavailable : Metrics.RequestOutcome(failure.outcome)
      count(EndedRequest(outcome, status: failure.status, of: useCase.id.recorded))
      return .failure(failure, to: call)
    }
    deferred.begin(call.requestID)
    return .taken(call.requestID.description, isRunning: false, headers: [("preference-applied", "respond-async")])
  }

  /// What entries say of one that is taken: its people have keys from then on.
  private func entry(
    of requestID: RequestID, _ caller: Caller, from client: ConfiguredName?, _ useCase: UseCase,
    about parties: RequestParties
  ) async throws(GatewayKeyFailure) -> Entry {
    let people = try await sealed(parties, of: requestID, admitted: caller)
    return entry(of: requestID, caller, from: client, useCase, about: people)
  }

  /// What entries say of one that was carried out, without the names that the vault gives no more.
  func entryOfCarried(
    _ requestID: RequestID, _ caller: Caller, from client: ConfiguredName?, _ useCase: UseCase,
    about parties: RequestParties
  ) async -> Entry {
    let people = (try? await sealed(parties, of: requestID, admitted: nil)) ?? .nobody
    return entry(of: requestID, caller, from: client, useCase, about: people)
  }

  private func entry(
    of requestID: RequestID, _ caller: Caller, from client: ConfiguredName?, _ useCase: UseCase,
    about people: SealedParties
  ) -> Entry {
    var entry = Entry(.mapKept, at: clock.timestamp, request: requestID)
    (entry.caller, entry.client) = (caller.id.recorded, client)
    (entry.useCase, entry.purpose) = (useCase.id.recorded, useCase.purpose.recorded)
    people.name(in: &entry, withParts: false)
    return entry
  }
}

extension ModelRequest {
  /// The body with the member that is for the gateway alone, as a caller would have sent it.
  fileprivate func wholeBody(with member: [UInt8]?) -> [UInt8] {
    guard let member, let brace = body.firstIndex(of: 0x7B) else { return body }
    // INVARIANT: the model at least stands in it, so that a comma follows.
    return body[...brace] + Array(#""cordon":"#.utf8) + member + [0x2C] + body[(brace + 1)...]
  }
}

extension KeptObject {
  /// A request that is carried out later; no vendor has part in its keeping.
  init(deferred id: RequestID) { self.init(.deferred, id.description, at: "") }

  /// What has come of it.
  init(answerOf id: RequestID) { self.init(.deferredAnswer, id.description, at: "") }
}

extension Refusal {
  /// What a request is told when no more is taken for later.
  init(queueFull useCase: UseCase) {
    self.init(.queueFull, "no more requests of use case `\(useCase.id)` can be taken for later", retryAfter: 30)
  }
}

extension Reply {
  /// Where clients ask for what has come of a request.
  static let deferredPath = "/v1/deferred/"

  /// The answer while there is none (RFC 7240, 4.1).
  static func taken(_ id: String, isRunning: Bool, headers: [(name: String, value: String)] = []) -> Reply {
    let body: JSONValue = [
      "id": .string(id), "object": "deferred.request", "status": .string(isRunning ? "in_progress" : "queued"),
    ]
    return .json(
      202, body.bytes, headers: headers + [("location", deferredPath + id), ("retry-after", "5")])
  }
}
