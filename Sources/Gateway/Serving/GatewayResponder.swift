import AsyncAlgorithms
import HTTPTypes
import HummingbirdCore
import struct Ledger.ConfiguredName
import struct Ledger.RequestID
import NIOCore
import Providers

/// Finds the answer to each HTTP request, and gives every one its id, under the names that both dialects know.
struct GatewayResponder {
  let gateway: Gateway
  let connections: ClientConnections

  func respond(to request: Request, on channel: any Channel) async -> Response {
    let requestID = gateway.newRequestID()
    var reply = await reply(to: request, on: channel, requestID: requestID)
    for name in ["x-request-id", "request-id"] where !reply.headers.contains(where: { $0.name == name }) {
      reply.headers.append((name, requestID.description))
    }
    return response(reply, on: channel)
  }

  private func reply(to request: Request, on channel: any Channel, requestID: RequestID) async -> Reply {
    do throws(TurnedAway) {
      return try await answer(request, on: channel, requestID: requestID)
    } catch {
      return error.reply
    }
  }

  private func answer(
    _ request: Request, on channel: any Channel, requestID: RequestID
  ) async throws(TurnedAway) -> Reply {
    let dialect = Operation.Dialect(request)
    guard let endpoint = Endpoint(path: request.uri.path) else {
      return .failure(.unknownPath, in: dialect, of: requestID)
    }
    guard endpoint.methods.contains(request.method) else {
      let allowed = [(name: "allow", value: endpoint.methods.map(\.rawValue).joined(separator: ", "))]
      return .failure(.methodNotAllowed, in: dialect, of: requestID, headers: allowed)
    }
    func arrival(_ named: ConfiguredName?, in dialect: Operation.Dialect = .openAI) -> Arrival {
      Arrival(
        request: request, channel: channel, requestID: requestID, client: client(on: channel), named: named,
        dialect: dialect)
    }
    func ask(_ act: KeptCall.Act, of id: String) async throws(TurnedAway) -> Reply {
      try await self.ask(act, of: id, for: arrival(act.recorded))
    }
    switch endpoint {
    case .operation(let operation):
      return try await answer(operation, to: arrival(ConfiguredName(operation.rawValue), in: operation.dialect))
    case .batches(let operations, let id):
      guard let operation = operations.first(where: { $0.method == request.method }) else {
        return .failure(.methodNotAllowed, in: dialect, of: requestID)
      }
      return try await answer(
        operation, about: id, to: arrival(ConfiguredName(operation.rawValue), in: operation.dialect))
    case .tools(let server): return try await callTools(of: server, for: arrival(nil))
    case .response(let id): return try await ask(request.method == .delete ? .delete : .retrieve, of: id)
    case .inputItems(let id): return try await ask(.inputItems, of: id)
    case .deferred(let id):
      let act: DeferredCall.Act = request.method == .delete ? .delete : .retrieve
      return try await askLater(act, of: id, for: arrival(act.recorded, in: dialect))
    case .cancellation(let id): return try await ask(.cancel, of: id)
    case .models:
      return await gateway.models(
        authorization: request.authorization, from: client(on: channel), in: dialect, of: requestID)
    case .model(let name):
      return await gateway.model(
        name, authorization: request.authorization, from: client(on: channel), in: dialect, of: requestID)
    case .health: return gateway.health()
    case .readiness: return gateway.readiness()
    case .metrics: return gateway.metricsPage()
    case .phiMap:
      return await gateway.phiMap(
        authorization: request.authorization, from: client(on: channel), of: requestID)
    case .access(let asked): return try await decide(asked, for: arrival(asked.recorded))
    case .accessMetadata: return gateway.accessMetadata(host: request.head.authority)
    case .description: return .json(200, InterfaceDescription.document)
    case .log(let file):
      return await gateway.logFile(
        file, authorization: request.headers[.authorization], client: client(on: channel), requestID: requestID)
    }
  }

  private func answer(_ operation: Operation, to arrival: Arrival) async throws(TurnedAway) -> Reply {
    let (request, caller) = (arrival.request, try await caller(of: arrival))
    let body = try await body(of: arrival, from: caller)
    var call = ModelCall(
      operation, requestID: arrival.requestID, caller: caller, useCase: request.useCase, body: body)
    (call.patient, call.user) = try await parties(of: arrival, from: caller)
    call.version = try await version(of: arrival, from: caller)
    call.priority = try await priority(of: arrival, from: caller)
    call.mayBeDeferred = request.prefersToWait
    call.sensitivity = request.declaredSensitivity
    call.facts = request.statedFacts
    call.client = arrival.client
    let keys = request.headers(Gateway.idempotencyHeader)
    guard keys.count <= 1, keys.allSatisfy({ (1...255).contains($0.utf8.count) }) else {
      let fact = "the header `idempotency-key` must be one of at most 255 bytes"
      throw await refuse(.invalidRequest(fact, param: "idempotency-key"), arrival, from: caller)
    }
    call.idempotencyKey = keys.first
    call.trace = request.header("traceparent").flatMap { TraceContext($0) }
    return await stoppable(on: arrival.channel, unless: call.interruption) { [call] in await gateway.answer(call) }
  }

  private func answer(
    _ operation: BatchOperation, about id: String?, to arrival: Arrival
  ) async throws(TurnedAway) -> Reply {
    let (request, caller) = (arrival.request, try await caller(of: arrival))
    let body = try await body(of: arrival, from: caller)
    var call = BatchCall(
      operation, requestID: arrival.requestID, caller: caller, useCase: request.useCase, body: body)
    (call.patient, call.user) = try await parties(of: arrival, from: caller)
    call.version = try await version(of: arrival, from: caller)
    call.sensitivity = request.declaredSensitivity
    call.facts = request.statedFacts
    (call.id, call.client, call.contentType) = (id, arrival.client, request.header("content-type") ?? "")
    for (name, value) in try await query(of: arrival, from: caller) { call.query[name] = value }
    return await stoppable(on: arrival.channel, unless: call.interruption) { [call] in await gateway.answer(call) }
  }

  private func callTools(of server: String, for arrival: Arrival) async throws(TurnedAway) -> Reply {
    let (request, caller) = (arrival.request, try await caller(of: arrival))
    let revision = request.header("mcp-protocol-version")
    guard revision.map(ToolRequest.revisions.contains) != false else {
      let fact = "the header `mcp-protocol-version` names no revision that is carried"
      throw await refuse(.invalidRequest(fact, param: nil), arrival, from: caller)
    }
    let named = try await parties(of: arrival, from: caller)
    let body = try await body(of: arrival, from: caller)
    var call = ToolCall(server, requestID: arrival.requestID, caller: caller, body: body)
    (call.patient, call.user) = named
    call.useCase = request.useCase
    call.sensitivity = request.declaredSensitivity
    call.facts = request.statedFacts
    call.client = arrival.client
    call.session = request.header("mcp-session-id")
    call.revision = revision
    return await stoppable(on: arrival.channel, unless: call.interruption) { [call] in await gateway.answer(call) }
  }

  private func ask(_ act: KeptCall.Act, of id: String, for arrival: Arrival) async throws(TurnedAway) -> Reply {
    let caller = try await caller(of: arrival)
    var call = KeptCall(act, id, requestID: arrival.requestID, caller: caller)
    (call.patient, call.user) = try await parties(of: arrival, from: caller)
    call.query = try await query(of: arrival, from: caller)
    call.useCase = arrival.request.useCase
    call.facts = arrival.request.statedFacts
    call.client = arrival.client
    return await stoppable(on: arrival.channel, unless: call.interruption) { [call] in await gateway.answer(call) }
  }

  private func askLater(
    _ act: DeferredCall.Act, of id: String, for arrival: Arrival
  ) async throws(TurnedAway) -> Reply {
    let caller = try await caller(of: arrival)
    var call = DeferredCall(act, id, requestID: arrival.requestID, caller: caller)
    (call.patient, call.user) = try await parties(of: arrival, from: caller)
    (call.useCase, call.facts) = (arrival.request.useCase, arrival.request.statedFacts)
    (call.client, call.dialect) = (arrival.client, arrival.dialect)
    return await stoppable(on: arrival.channel, unless: call.interruption) { [call] in await gateway.answer(call) }
  }

  private func decide(_ asked: AccessEndpoint, for arrival: Arrival) async throws(TurnedAway) -> Reply {
    guard gateway.policy != nil else { return .failure(.unknownPath, of: arrival.requestID) }
    let caller = try await caller(of: arrival)
    let body = try await body(of: arrival, from: caller)
    var call = AccessCall(asked, requestID: arrival.requestID, caller: caller, body: body)
    call.client = arrival.client
    var reply = await stoppable(on: arrival.channel) { [call] in await gateway.answer(call) }
    // Who asks for decisions names its requests itself, and is told the name again.
    if let given = arrival.request.header("x-request-id").flatMap({ RequestID($0) }) {
      reply.headers.append(("x-request-id", given.description))
    }
    return reply
  }

  /// The caller whose key a request has; a request of a stranger's is refused.
  private func caller(of arrival: Arrival) async throws(TurnedAway) -> Caller {
    if let caller = gateway.caller(authorization: arrival.request.authorization) { return caller }
    throw TurnedAway(
      reply: await gateway.refuseStranger(
        arrival.requestID, from: arrival.client, asking: arrival.named, in: arrival.dialect))
  }

  /// Refuses a request of a caller's of which no call can be made.
  private func refuse(_ failure: Failure, _ arrival: Arrival, from caller: Caller) async -> TurnedAway {
    TurnedAway(
      reply: await gateway.refuseUntaken(
        failure, arrival.requestID, of: caller, from: arrival.client, asking: arrival.named, in: arrival.dialect))
  }

  /// The parties that headers name, each once.
  private func parties(
    of arrival: Arrival, from caller: Caller
  ) async throws(TurnedAway) -> (patient: String?, user: String?) {
    let request = arrival.request
    for name in [ModelCall.patientHeader, ModelCall.userHeader] where request.headers(name).count > 1 {
      let fact = "the header `\(name)` comes more than once"
      throw await refuse(.invalidRequest(fact, param: name), arrival, from: caller)
    }
    return (request.header(ModelCall.patientHeader), request.header(ModelCall.userHeader))
  }

  /// What headers say of the interface that the client speaks; those of OpenAI's say nothing.
  private func version(of arrival: Arrival, from caller: Caller) async throws(TurnedAway) -> InterfaceVersion {
    guard arrival.dialect == .anthropic else { return InterfaceVersion() }
    let version = InterfaceVersion(
      day: arrival.request.header(InterfaceVersion.dayHeader),
      features: arrival.request.headers(InterfaceVersion.featuresHeader), today: gateway.clock.today)
    guard let version else {
      let header = InterfaceVersion.dayHeader
      let fact = "the header `\(header)` names no version, such as 2023-06-01"
      throw await refuse(.invalidRequest(fact, param: header), arrival, from: caller)
    }
    return version
  }

  /// The priority that a header names.
  private func priority(of arrival: Arrival, from caller: Caller) async throws(TurnedAway) -> Priority? {
    let said = arrival.request.headers(Priority.header)
    guard !said.isEmpty else { return nil }
    guard said.count == 1, let priority = Priority(rawValue: said[0]) else {
      let fact = "the header `\(Priority.header)` must say `interactive` or `batch`"
      throw await refuse(.invalidRequest(fact, param: Priority.header), arrival, from: caller)
    }
    return priority
  }

  /// What stands behind the `?` of the address.
  private func query(
    of arrival: Arrival, from caller: Caller
  ) async throws(TurnedAway) -> [(name: String, value: String)] {
    guard let query = arrival.request.uri.query.map(\.pairs) ?? [] else {
      throw await refuse(.invalidRequest("the address is none", param: nil), arrival, from: caller)
    }
    return query
  }

  /// The whole body of a request.
  private func body(of arrival: Arrival, from caller: Caller) async throws(TurnedAway) -> [UInt8] {
    do {
      return try await body(of: arrival.request)
    } catch {
      throw await refuse(error.failure, arrival, from: caller)
    }
  }

  private func body(of request: Request) async throws(NotTaken) -> [UInt8] {
    let limit = gateway.limits.bodyBytes
    let length = request.headers[.contentLength].flatMap { Int($0) }
    if let length, length > limit { throw NotTaken(.tooLarge(limit: limit)) }
    var body: [UInt8] = []
    body.reserveCapacity(min(length ?? 4_096, limit))
    do {
      for try await piece in request.body {
        guard body.count + piece.readableBytes <= limit else { throw NotTaken(.tooLarge(limit: limit)) }
        body.append(contentsOf: piece.readableBytesView)
      }
    } catch {
      throw error as? NotTaken ?? NotTaken(.requestIncomplete)
    }
    // A connection that closes in mid-request ends the body like a whole one.
    if let length, body.count < length { throw NotTaken(.requestIncomplete) }
    return body
  }

  /// A request that has come, and what entries say of it while no call is made of it.
  private struct Arrival {
    let request: Request
    let channel: any Channel
    let requestID: RequestID
    let client: ConfiguredName?
    let named: ConfiguredName?
    let dialect: Operation.Dialect
  }

  /// Why a request was not taken.
  private struct NotTaken: Error {
    let failure: Failure
    init(_ failure: Failure) { self.failure = failure }
  }

  private func client(on channel: any Channel) -> ConfiguredName? {
    channel.remoteAddress?.ipAddress.flatMap { ConfiguredName($0) }
  }

  /// Carries a call, and stops it when its client goes away.
  private func stoppable(
    on channel: any Channel, unless interruption: Interruption? = nil, _ answer: @escaping @Sendable () async -> Reply
  ) async -> Reply {
    let work = Task { await answer() }
    connections.during(channel) { work.cancel() }
    interruption?.onStop { work.cancel() }
    let reply = await withTaskCancellationHandler {
      await work.value
    } onCancel: {
      work.cancel()
    }
    switch reply.body {
    case .whole: connections.finished(channel)
    case .streamed(let body): connections.during(channel) { body.producer.cancel() }
    }
    return reply
  }

  private func response(_ reply: Reply, on channel: any Channel) -> Response {
    var headers = HTTPFields()
    for (name, value) in reply.headers {
      if let name = HTTPField.Name(name) { headers.append(HTTPField(name: name, value: value)) }
    }
    let body: ResponseBody =
      switch reply.body {
      case .whole(let bytes): ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
      case .streamed(let body):
        ResponseBody { [connections, seconds = gateway.limits.answerSeconds] writer in
          // A client that does not read holds up its writer, which no deadline of the vendor's ends.
          let alarm = channel.eventLoop.scheduleTask(in: .seconds(Int64(seconds))) { channel.close(promise: nil) }
          defer {
            alarm.cancel()
            connections.finished(channel)
            body.producer.cancel()
          }
          for await piece in body.pieces { try await writer.write(ByteBuffer(bytes: piece)) }
          if let words = body.lastWords.take() { try await writer.write(ByteBuffer(bytes: words)) }
          // A stream that a stop has cut short must not look like one that ended.
          try Task.checkCancellation()
          if body.isBroken.isSet { throw CancellationError() }
          try await writer.finish(nil)
        }
      }
    return Response(status: HTTPResponse.Status(code: reply.status), headers: headers, body: body)
  }
}
