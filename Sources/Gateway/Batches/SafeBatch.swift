import Ciphers
import Deidentification
import Ledger
import PHI
import Providers

/// The requests of a batch with session tokens in the place of their identifiers: what a vendor may see.
struct SafeBatch: Sendable {
  /// What all ask for.
  let operation: Operation
  /// What goes to the vendor: lines, or the body with the list of them.
  var body: [UInt8] = []
  /// What is kept of each.
  var kept: [KeptRequest] = []
  /// How they go, one way for each model.
  var routes: [Admission.Route] = []
  var found = BatchFindings()
  /// The policies that allow its requests; nil where there are none.
  var verdict: PolicyVerdict?
  /// What they hold together.
  var held: HeldFacts?
  /// What the patients of all of them had to say.
  var standing: PatientStanding?
}

/// What was found in the requests of a batch, or in their results.
struct BatchFindings: Sendable {
  var lines = 0
  var identifiers = IdentifierCounts()
  var known: Int?
  var losses: ContractLosses?
}

/// Why one request of a batch stops all of it.
enum BatchStop: Error {
  case malformed(BatchError)
  /// The request is none, for a reason that names no content.
  case invalid(Int, String)
  case refused(Int, Refusal, vendor: Vendor?, model: ModelName)
}

extension BatchWork {
  /// The requests as they may go out, or why one of them may not.
  ///
  /// Each gets what it would get by itself: the same reading, contract, use case, agreement and search.
  func safe(
    _ items: [BatchItem], under key: TokenKey, knowing choices: [String: PatientChoices]
  ) -> Result<SafeBatch, BatchStop> {
    do throws(BatchStop) {
      guard let first = items.first else { throw .malformed(BatchError(.empty, nil, in: dialect)) }
      var batch = SafeBatch(operation: first.operation)
      var routes: [String: Admission.Route] = [:]
      if dialect == .anthropic { batch.body = Array(#"{"requests":["#.utf8) }
      for (place, item) in items.enumerated() {
        guard !Task.isCancelled else { throw .invalid(item.number, "the request was given up") }
        if place > 0 { batch.body.append(dialect == .anthropic ? 0x2C : 0x0A) }
        try add(item, at: place, under: key, knowing: choices, &routes, to: &batch)
      }
      batch.body += dialect == .anthropic ? [0x5D, 0x7D] : [0x0A]
      batch.found.lines = items.count
      for place in batch.routes.indices {
        (batch.routes[place].verdict, batch.routes[place].standing) = (batch.verdict, batch.standing)
      }
      return .success(batch)
    } catch {
      return .failure(error)
    }
  }

  private func add(
    _ item: BatchItem, at place: Int, under key: TokenKey, knowing choices: [String: PatientChoices],
    _ routes: inout [String: Admission.Route], to batch: inout SafeBatch
  ) throws(BatchStop) {
    var call = self.call.request(item)
    var (request, model) = try read(item)
    var statement: CallerStatement
    do {
      statement = try CallerStatement(request, call)
      // What the upload says of consents is said of the patient whom it names, and of no other whom a line names.
      let named = self.call.patient.flatMap { RequestParties.reference($0) }
      if call.facts.consents != nil, statement.parties.patient != named {
        call.facts.consents = nil
        statement = try CallerStatement(request, call)
      }
    } catch {
      throw .invalid(item.number, error.description)
    }
    let classes = gateway.configuration.sensitive(
      in: request.prose.text, beside: !request.uninspectable.isEmpty, declared: statement.sensitive)
    let route = try route(of: call, item, asking: model, in: request.region, holding: classes, &routes, &batch)
    func refused(_ refusal: Refusal) -> BatchStop { .refused(item.number, refusal, vendor: route.vendor, model: model) }
    if let contract = useCase.contract {
      do {
        let more: ContractLosses
        (request, statement, more) = try request.within(contract, statement)
        var losses = batch.found.losses ?? ContractLosses()
        losses.add(more)
        batch.found.losses = losses
      } catch {
        throw .invalid(item.number, error.description)
      }
    }
    if !useCase.mayCache {
      do {
        request = try request.decliningCache()
      } catch {
        throw .invalid(item.number, error.description)
      }
    }
    if let refusal = useCase.refusal(of: request, with: statement) { throw refused(refusal) }
    // The answers of a batch are in its results, and nowhere else.
    if request.storage == .asked || request.previousResponse != nil || request.runsInBackground {
      throw refused(
        Refusal(.keptByVendor, "a batch goes on from no answer, and none of its answers can be gone on from"))
    }
    let safe: SafeRequest
    do {
      safe = try gateway.deidentify(request, asking: model, under: key.part(place), knowing: statement.known)
    } catch {
      throw refused(Refusal(error))
    }
    let kinds = safe.counts.present.map(\.identifier)
    if let refusal = route.agreement?.objection(to: kinds, uninspected: request.uninspectable.map(\.reason)) {
      throw refused(refusal)
    }
    let patient = statement.patient
    let protected = gateway.sensitive(in: request.prose.text, beside: classes, about: patient)
    // INVARIANT: whom a request is about was asked for before: nobody goes on unasked.
    guard let asked = patient.map({ choices[$0] }) ?? PatientChoices.none else {
      throw refused(Refusal(.keysUnavailable, "what the register of consents has of a patient was not read"))
    }
    let permission = gateway.permitted(
      route, about: asked,
      { matter in
        (matter.user, matter.facts, matter.client) = (statement.parties.user, statement.facts, call.client)
        matter.hold(
          kinds, sensitive: protected, unread: request.uninspectable.map(\.reason), about: patient,
          knowing: safe.knownCount != nil, in: gateway.policy)
      }, to: .batch)
    switch permission {
    case .failure(let refusal): throw refused(refusal)
    case .success(let permitted):
      batch.held = permitted.held?.joined(with: batch.held)
      batch.standing = batch.standing.joined(with: permitted.standing)
      if let verdict = permitted.verdict {
        if batch.verdict == nil { batch.verdict = verdict } else { batch.verdict?.join(verdict) }
      }
    }
    let outbound: Outbound
    do {
      outbound = try Outbound(safe, call, route, asking: model)
    } catch {
      throw refused(Refusal(error, from: route.vendor))
    }
    item.written(at: place, saying: outbound.request.body, into: &batch.body)
    batch.found.identifiers.add(safe.counts)
    if let known = safe.knownCount { batch.found.known = (batch.found.known ?? 0) + known }
    batch.kept.append(
      KeptRequest(
        customID: item.customID, map: safe.map, names: safe.names, text: safe.given.text,
        wantsJSON: safe.settings.wantsJSON, model: route.model, parties: statement.parties))
  }

  private func read(_ item: BatchItem) throws(BatchStop) -> (ModelRequest, ModelName) {
    let request: ModelRequest
    do {
      request = try ModelRequest(item.body, for: item.operation)
    } catch {
      throw .invalid(item.number, error.description)
    }
    guard let model = ModelName(request.model) else { throw .invalid(item.number, "`model` is no model's name") }
    guard !request.isStreaming else { throw .malformed(BatchError(.streaming, item.number, in: dialect)) }
    return (request, model)
  }

  /// The way of a request; requests that ask the same model go the same way.
  private func route(
    of call: ModelCall, _ item: BatchItem, asking model: ModelName, in region: String?,
    holding classes: Set<SensitiveClass>,
    _ known: inout [String: Admission.Route], _ batch: inout SafeBatch
  ) throws(BatchStop) -> Admission.Route {
    let name = "\(model) \(region ?? "") \(classes.map(\.rawValue).sorted())"
    if let route = known[name] { return route }
    switch gateway.decide(call, asking: model, in: region, holding: classes, inBatch: true) {
    case .refused(let refusal, _, let vendor): throw .refused(item.number, refusal, vendor: vendor, model: model)
    case .allowed(let route):
      if !batch.routes.contains(where: { $0.model == route.model }) {
        // OpenAI's files ask one model.
        guard dialect == .anthropic || batch.routes.isEmpty else {
          throw .malformed(BatchError(.otherModel, item.number, in: dialect))
        }
        batch.routes.append(route)
      }
      known[name] = route
      return route
    }
  }
}

extension KeptRequest {
  /// Whom requests are about and made for, each once, beside those whom the call names for all.
  static func people(_ requests: [KeptRequest], beside all: RequestParties) -> [RequestParties] {
    var seen: Set<RequestParties> = [.none, all]
    return requests.map(\.parties).filter { seen.insert($0).inserted }
  }
}
