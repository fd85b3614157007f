import Ciphers
import Ledger
import Providers
import Vault

extension ResourceWork {
  /// Opens the exchange with the vendor of `routes` in the log: nothing has gone to it before.
  ///
  /// There is a way for each model, and all lead to one vendor. `object` is what it is about, as the log calls it, where that
  /// is kept already; `request` is what goes out, with what was `found` in it; `people` are those whom it is about beside
  /// those that the call names for all of it.
  func open(
    _ request: ResourceRequest, by routes: [Admission.Route], on object: ConfiguredName? = nil,
    found: BatchFindings = BatchFindings(), about people: [RequestParties] = []
  ) async throws(TurnedAway) -> ResourceExchange {
    guard let vendor = routes.first?.vendor, let endpoint = gateway.endpoints[vendor.id],
      let line = gateway.lines[vendor.id]
    else { throw fail(.vendor(.unreachable)) }
    if let refusal = await gateway.attestations.refusal(of: vendor) { throw await refuse(refusal, vendor: vendor) }
    let asks: [RateLimiter.Ask]
    do throws(Refusal) {
      asks = try await gateway.takeRates(at: vendor, about: parties.patient)
    } catch {
      throw await refuse(error, vendor: vendor)
    }
    do throws(Refusal) {
      try await gateway.countPatients(people, of: useCase, call.caller, at: vendor)
    } catch {
      gateway.rates.giveBack(asks)
      throw await refuse(error, vendor: vendor)
    }
    do throws(TurnedAway) {
      return try await open(request, by: routes, on: object, found: found, about: people, at: endpoint, line, asks)
    } catch {
      // Nothing went to the vendor.
      gateway.rates.giveBack(asks)
      throw error
    }
  }

  private func open(
    _ request: ResourceRequest, by routes: [Admission.Route], on object: ConfiguredName?, found: BatchFindings,
    about people: [RequestParties], at endpoint: any ModelEndpoint, _ line: VendorLine, _ asks: [RateLimiter.Ask]
  ) async throws(TurnedAway) -> ResourceExchange {
    let vendor = routes[0].vendor
    let deadline = gateway.reliability.deadlineSeconds
    line.payIn()
    let turn: VendorTurn
    let patience = Int64(gateway.reliability.queueSeconds) * 1_000_000
    switch await line.enter(
      within: min(patience, stopwatch.left(of: deadline) ?? patience), as: useCase.priority)
    {
    case .turn(let given): turn = given
    case .resting(let left): throw await refuse(Refusal(resting: vendor, for: left), vendor: vendor)
    case .busy: throw await refuse(Refusal(busy: vendor), vendor: vendor)
    }
    var (request, stopwatch) = (request, stopwatch)
    stopwatch.passOver()
    // What the queue has taken of the deadline the answer has not.
    request.patience = stopwatch.left(of: deadline)
    let record: RequestRecord
    let groups: [RequestRecord]
    do {
      let sealed = try await gateway.sealed(parties, of: call.requestID, admitted: call.caller)
      let sent = try await gateway.digestOfSealed(
        request.leaving(for: endpoint.target(of: request)), of: call.requestID, .sent)
      record = RequestRecord(call, routes, on: object, parties: sealed, found: found, sent: sent)
      groups = try await recorded(people, by: routes)
    } catch {
      throw await refuse(Refusal(error), vendor: vendor)
    }
    let allowances = routes.map(Allowance.init)
    // What changes from here on is seen by whoever stops what runs; what changed before, by the look after it.
    let numbers = allowances.map { gateway.running.enter($0, call.interruption) }
    func leave() { for number in numbers { gateway.running.leave(number) } }
    for allowance in allowances {
      var objection = gateway.admission.objection(to: allowance, on: gateway.clock.today)
      if objection == nil { objection = await gateway.objection(to: allowance.standing) }
      guard let refusal = objection else { continue }
      leave()
      throw await refuse(refusal, vendor: vendor, model: allowance.use.model)
    }
    do {
      for route in routes { try await gateway.tell(route.verdict, of: call.requestID, call.caller) }
      let time = gateway.clock.timestamp
      let own = (record.opening(at: time, times: stopwatch.times), record.parts)
      let others = groups.map { ($0.opening(at: time, times: [:]), $0.parts) }
      try await gateway.record([own] + others)
    } catch {
      leave()
      throw fail(.logUnavailable)
    }
    gateway.metrics.countIdentifiers(found.identifiers)
    if let losses = found.losses { gateway.metrics.count(losses) }
    return ResourceExchange(
      gateway: gateway, call: call, request: request, record: record, groups: groups, routes: routes,
      allowances: allowances, numbers: numbers, turn: turn, endpoint: endpoint, rates: rates + asks,
      stopwatch: stopwatch)
  }

  /// The records of people, of as many in one entry as it has room for.
  ///
  /// Each is found by their tag and has a sealed part, as if they had been asked about alone; they share entries, so that a
  /// batch about thousands does not write as many.
  private func recorded(
    _ people: [RequestParties], by routes: [Admission.Route]
  ) async throws(GatewayKeyFailure) -> [RequestRecord] {
    var records: [RequestRecord] = []
    for group in people.groups {
      let id = gateway.newRequestID()
      let sealed = try await gateway.sealed(Array(group), of: id, admitted: call.caller)
      records.append(RequestRecord(call, routes, parties: sealed, as: id))
    }
    return records
  }
}

extension [RequestParties] {
  /// An entry has room for 64 KiB, of which each whom it names takes up to 360 bytes.
  private static var most: Int { 128 }

  /// The same in groups that one entry has room for.
  fileprivate var groups: [ArraySlice<RequestParties>] {
    var groups: [ArraySlice<RequestParties>] = []
    var (start, count) = (startIndex, 0)
    var users: Set<String> = []
    for place in indices {
      let isNew = self[place].user.map { !users.contains($0) } ?? false
      let more = (self[place].patient == nil ? 0 : 1) + (isNew ? 1 : 0)
      if count + more > Self.most {
        groups.append(self[start..<place])
        (start, count, users) = (place, self[place].count, [])
      } else {
        count += more
      }
      if let user = self[place].user { users.insert(user) }
    }
    return start < endIndex ? groups + [self[start...]] : groups
  }
}

extension RequestParties {
  /// How many they are.
  fileprivate var count: Int { (patient == nil ? 0 : 1) + (user == nil ? 0 : 1) }
}
