import Ciphers
import Ledger
import Providers
import Vault

extension BatchWork {
  /// Opens the exchange with the vendor of `routes` in the log: nothing has gone to it before.
  ///
  /// There is a way for each model, and all lead to one vendor. `head` is what it is about, where that is kept already;
  /// `body` is what goes out, with what was `found` in it; `requests` are those in it, or those whose results are asked for.
  func open(
    _ routes: [Admission.Route], on head: KeptHead? = nil, sending body: [UInt8] = [],
    found: BatchFindings = BatchFindings(), about requests: [KeptRequest] = []
  ) async throws(TurnedAway) -> BatchExchange {
    guard let vendor = routes.first?.vendor, let endpoint = gateway.endpoints[vendor.id],
      let line = gateway.lines[vendor.id]
    else { throw fail(.vendor(.unreachable)) }
    if let refusal = await gateway.attestations.refusal(of: vendor) { throw await refuse(refusal, vendor: vendor) }
    line.payIn()
    let turn: VendorTurn
    switch await line.enter(within: Int64(gateway.reliability.queueSeconds) * 1_000_000) {
    case .turn(let given): turn = given
    case .resting(let left): throw await refuse(Refusal(resting: vendor, for: left), vendor: vendor)
    case .busy: throw await refuse(Refusal(busy: vendor), vendor: vendor)
    }
    var stopwatch = stopwatch
    stopwatch.passOver()
    let object = head?.record.flatMap { ConfiguredName($0.object) }
    let record: RequestRecord
    var records: [RequestRecord] = []
    var entries: [Entry] = []
    var parts: [[SealedPart]] = []
    do {
      let sealed = try await gateway.sealed(parties, of: call.requestID, admitted: call.caller)
      let sent = body.isEmpty ? nil : try await gateway.digestOfSealed(body, of: call.requestID, .sent)
      record = RequestRecord(call, routes, on: object, parties: sealed, found: found, sent: sent)
      entries.append(record.opening(at: gateway.clock.timestamp, times: stopwatch.times))
      parts.append(sealed.parts)
      for people in KeptRequest.people(requests, beside: parties) {
        let id = gateway.newRequestID()
        let sealed = try await gateway.sealed(people, of: id, admitted: call.caller)
        let record = RequestRecord(call, routes, on: object, parties: sealed, as: id)
        records.append(record)
        entries.append(record.opening(at: gateway.clock.timestamp, times: [:]))
        parts.append(sealed.parts)
      }
    } catch {
      throw await refuse(Refusal(error), vendor: vendor)
    }
    // What changes from here on is seen by whoever stops what runs; what changed before, by the look after it.
    let numbers = routes.map { gateway.running.enter($0, call.interruption) }
    for route in routes where !call.operation.ends {
      guard let refusal = gateway.admission.objection(to: route, on: gateway.clock.today) else { continue }
      for number in numbers { gateway.running.leave(number) }
      throw await refuse(refusal, vendor: vendor, model: route.model)
    }
    do {
      try await gateway.record(entries, sealing: parts)
    } catch {
      for number in numbers { gateway.running.leave(number) }
      gateway.metrics.countRequest(.logUnavailable, microseconds: stopwatch.elapsed())
      throw fail(.logUnavailable)
    }
    gateway.metrics.countIdentifiers(found.identifiers)
    gateway.metrics.countDroppedFields(found.fieldsDropped ?? 0)
    return BatchExchange(
      gateway: gateway, call: call, record: record, people: records, routes: routes, numbers: numbers, turn: turn,
      endpoint: endpoint, stopwatch: stopwatch)
  }
}
