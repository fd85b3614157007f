import Bytes
package import Ledger
import Providers
import Vault

extension Gateway {
  /// Answers `GET /phi-map`, for those who may read the log: where identifiers of people are at this moment, how much of it,
  /// and what becomes of it.
  ///
  /// Prompts and outputs are in memory only, but for those of requests that are carried out later; these, what vendors keep
  /// and the log are the only places on a disk. 45 CFR
  /// 164.308(a)(1)(ii)(A) asks for where such information is before it asks for what protects it.
  package func phiMap(
    authorization: String?, from client: ConfiguredName? = nil, of requestID: RequestID
  ) async -> Reply {
    let operation = ConfiguredName("phi-map")
    let reader: Caller?
    do throws(TurnedAway) {
      reader = try await logReader(authorization, from: client, of: requestID, asking: operation)
    } catch {
      return error.reply
    }
    do {
      try await recordReading(by: reader, from: client, of: requestID, asking: operation)
    } catch {
      return .failure(.logUnavailable, of: requestID)
    }
    let (all, now): ([KeptRecord], Moment?)
    do {
      (all, now) = try await withTaskExecutorPreference(BlockingThreads.shared) {
        let maps = try kept.present()
        return (try maps?.records() ?? [], maps?.now)
      }
    } catch {
      return ErrorReport(Refusal(keyFailure(error))).reply(in: .openAI, of: requestID)
    }
    let isDeferred = { (record: KeptRecord) in record.kind == .deferred || record.kind == .deferredAnswer }
    let later = all.filter(isDeferred)
    let records = all.filter { !isDeferred($0) }
    let live = records.filter { record in now.map { record.expires > $0 } ?? false }
    let outputs = answers.size
    var stores: [JSONValue] = [
      store(
        "prompts", in: "memory", count: metrics.inFlight, bytes: nil,
        "wiped when their requests end; vendors get tokens in the place of identifiers"),
      store(
        "memory", in: "vault/kept.sqlite", count: live.count, bytes: live.reduce(0) { $0 + $1.byteCount },
        "a sealed map for each answer that a vendor keeps, for its caller, use case and people alone, until its time is over",
        adding: [
          JSONMember("over", .integer(records.count - live.count)),
          JSONMember("use_cases", .object(counts(live, by: \.useCase))),
          JSONMember("callers", .object(counts(live, by: \.caller))),
        ]),
      store(
        "logs", in: "log", count: Int(ledger.size), bytes: nil,
        "entries without text; names of people in parts sealed under a key for each of them"),
      store(
        "outputs", in: "memory", count: outputs.answers, bytes: outputs.bytes,
        "answers for repeated requests, wiped after reliability.idempotency_seconds"),
    ]
    if !later.isEmpty || configuration.useCases.contains(where: { $0.deferral != nil }) {
      stores.append(
        store(
          "deferred", in: "vault/kept.sqlite", count: later.count, bytes: later.reduce(0) { $0 + $1.byteCount },
          "requests that are carried out later, and their answers, sealed for their caller until their time is over"))
    }
    let body: JSONValue = ["at": .string(clock.timestamp.description), "stores": .array(stores)]
    return .json(200, body.bytes)
  }

  private func store(
    _ name: String, in place: String, count: Int, bytes: Int?, _ control: String, adding others: [JSONMember] = []
  ) -> JSONValue {
    .object(
      [
        JSONMember("store", .string(name)), JSONMember("place", .string(place)), JSONMember("count", .integer(count)),
        JSONMember("bytes", bytes.map { .integer($0) } ?? .null), JSONMember("control", .string(control)),
      ] + others)
  }

  private func counts(_ records: [KeptRecord], by name: KeyPath<KeptRecord, String>) -> [JSONMember] {
    Dictionary(records.map { ($0[keyPath: name], 1) }, uniquingKeysWith: +).sorted { $0.key < $1.key }
      .map { JSONMember($0.key, .integer($0.value)) }
  }
}
