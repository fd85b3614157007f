import Bytes
import Gateway
import Ledger
import Providers

extension TestBench {
  /// Has a request taken that is carried out later.
  func take(
    _ text: String = "Patient: Ottoline Brackenridge", patient: String? = nil,
    stating facts: FactHeaders = FactHeaders()
  ) async throws -> (status: Int, id: String?, error: String?) {
    var call = ModelCall(
      .chatCompletions, requestID: gateway.newRequestID(), caller: configuration.callers[0], useCase: "summarize",
      body: Self.body(text))
    call.mayBeDeferred = true
    (call.patient, call.facts) = (patient, facts)
    let reply = await gateway.answer(call)
    guard case .whole(let body) = reply.body else { return (reply.status, nil, nil) }
    let told = try JSONValue(parsing: body)
    return (reply.status, told["id"]?.string, told["error"]?["code"]?.string)
  }

  /// Asks what has come of one, or has it deleted; `other` is the gateway under another configuration.
  func ask(
    _ act: DeferredCall.Act, _ id: String?, caller: Int = 0, patient: String? = nil, of other: Gateway? = nil,
    as changed: Caller? = nil
  ) async throws -> TestAnswer {
    var call = DeferredCall(
      act, id ?? "none", requestID: gateway.newRequestID(), caller: changed ?? configuration.callers[caller])
    call.patient = patient
    let reply = await (other ?? gateway).answer(call)
    guard case .whole(let body) = reply.body else { return TestAnswer(status: reply.status, headers: [], events: []) }
    return try TestAnswer(status: reply.status, headers: reply.headers, body: body)
  }

  /// The entries that the log has by now; it goes on.
  func written() throws -> [JSONValue] {
    var reader = try EntryReader(data: data)
    var entries: [JSONValue] = []
    while let entry = try reader.next() { entries.append(try JSONValue(parsing: entry.json)) }
    return entries
  }

  /// Carries out what may be, and waits until that has come to its end.
  func carryOut() async {
    gateway.carryOutDeferred()
    await gateway.afterwork.drain(within: .seconds(600))
  }
}
