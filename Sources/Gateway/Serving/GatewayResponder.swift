import AsyncAlgorithms
import HTTPTypes
import Hummingbird
import struct Ledger.ConfiguredName
import struct Ledger.RequestID
import NIOCore
import Providers

/// Finds the answer to each HTTP request, and gives every one its id, under the names that both dialects know.
struct GatewayResponder: HTTPResponder {
  typealias Context = GatewayContext

  let gateway: Gateway
  let connections: ClientConnections

  func respond(to request: Request, context: Context) async throws -> Response {
    let requestID = gateway.newRequestID()
    var reply = await reply(to: request, on: context.channel, requestID: requestID)
    for name in ["x-request-id", "request-id"] { reply.headers.append((name, requestID.description)) }
    return response(reply, on: context.channel)
  }

  private func reply(to request: Request, on channel: any Channel, requestID: RequestID) async -> Reply {
    let dialect = Operation.Dialect(request)
    guard let endpoint = Endpoint(path: request.uri.path) else {
      return .failure(.unknownPath, in: dialect, of: requestID)
    }
    guard endpoint.methods.contains(request.method) else {
      let allowed = [(name: "allow", value: endpoint.methods.map(\.rawValue).joined(separator: ", "))]
      return .failure(.methodNotAllowed, in: dialect, of: requestID, headers: allowed)
    }
    switch endpoint {
    case .operation(let operation): return await answer(operation, to: request, on: channel, requestID: requestID)
    case .batches(let operations, let id):
      guard let operation = operations.first(where: { $0.method == request.method }) else {
        return .failure(.methodNotAllowed, in: dialect, of: requestID)
      }
      return await answer(operation, about: id, to: request, on: channel, requestID: requestID)
    case .tools(let server): return await callTools(of: server, for: request, on: channel, requestID: requestID)
    case .response(let id):
      let act: KeptCall.Act = request.method == .delete ? .delete : .retrieve
      return await ask(act, of: id, for: request, on: channel, requestID: requestID)
    case .inputItems(let id): return await ask(.inputItems, of: id, for: request, on: channel, requestID: requestID)
    case .cancellation(let id): return await ask(.cancel, of: id, for: request, on: channel, requestID: requestID)
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
    case .description: return .json(200, InterfaceDescription.document)
    case .log(let file):
      return await gateway.logFile(
        file, authorization: request.headers[.authorization], client: client(on: channel), requestID: requestID)
    }
  }

  private func answer(
    _ operation: Operation, to request: Request, on channel: any Channel, requestID: RequestID
  ) async -> Reply {
    let named = ConfiguredName(operation.rawValue)
    guard let caller = gateway.caller(authorization: request.authorization) else {
      return await gateway.refuseStranger(
        requestID, from: client(on: channel), asking: named, in: operation.dialect)
    }
    func refuse(_ failure: Failure) async -> Reply {
      await gateway.refuseUntaken(
        failure, requestID, of: caller, from: client(on: channel), asking: named, in: operation.dialect)
    }
    let body: [UInt8]
    do {
      body = try await self.body(of: request)
    } catch {
      return await refuse(error.failure)
    }
    var call = ModelCall(
      operation, requestID: requestID, caller: caller, useCase: request.header("x-cordon-use-case"), body: body)
    call.sensitivity = request.declaredSensitivity
    call.client = client(on: channel)
    do {
      (call.patient, call.user) = try parties(of: request)
      if operation.dialect == .anthropic { call.version = try version(of: request) }
    } catch {
      return await refuse(error.failure)
    }
    let keys = request.headers(Gateway.idempotencyHeader)
    guard keys.count <= 1, keys.allSatisfy({ (1...255).contains($0.utf8.count) }) else {
      return await refuse(
        .invalidRequest("the header `idempotency-key` must be one of at most 255 bytes", param: "idempotency-key"))
    }
    call.idempotencyKey = keys.first
    call.trace = request.header("traceparent").flatMap { TraceContext($0) }
    return await stoppable(on: channel, unless: call.interruption) { [gateway, call] in await gateway.answer(call) }
  }

  private func answer(
    _ operation: BatchOperation, about id: String?, to request: Request, on channel: any Channel, requestID: RequestID
  ) async -> Reply {
    let named = ConfiguredName(operation.rawValue)
    guard let caller = gateway.caller(authorization: request.authorization) else {
      return await gateway.refuseStranger(
        requestID, from: client(on: channel), asking: named, in: operation.dialect)
    }
    func refuse(_ failure: Failure) async -> Reply {
      await gateway.refuseUntaken(
        failure, requestID, of: caller, from: client(on: channel), asking: named, in: operation.dialect)
    }
    let body: [UInt8]
    do {
      body = try await self.body(of: request)
    } catch {
      return await refuse(error.failure)
    }
    var call = BatchCall(
      operation, requestID: requestID, caller: caller, useCase: request.header("x-cordon-use-case"), body: body)
    do {
      (call.patient, call.user) = try parties(of: request)
      if operation.dialect == .anthropic { call.version = try version(of: request) }
    } catch {
      return await refuse(error.failure)
    }
    (call.id, call.client, call.contentType) = (id, client(on: channel), request.header("content-type") ?? "")
    guard let query = request.uri.query.map(\.pairs) ?? [] else {
      return await refuse(.invalidRequest("the address is none", param: nil))
    }
    for (name, value) in query { call.query[name] = value }
    return await stoppable(on: channel, unless: call.interruption) { [gateway, call] in await gateway.answer(call) }
  }

  /// The parties that headers name, each once.
  private func parties(of request: Request) throws(NotTaken) -> (patient: String?, user: String?) {
    for name in [ModelCall.patientHeader, ModelCall.userHeader] where request.headers(name).count > 1 {
      throw NotTaken(.invalidRequest("the header `\(name)` comes more than once", param: name))
    }
    return (request.header(ModelCall.patientHeader), request.header(ModelCall.userHeader))
  }

  /// What headers say of the interface that the client speaks.
  private func version(of request: Request) throws(NotTaken) -> InterfaceVersion {
    let version = InterfaceVersion(
      day: request.header(InterfaceVersion.dayHeader), features: request.headers(InterfaceVersion.featuresHeader),
      today: gateway.clock.today)
    guard let version else {
      let header = InterfaceVersion.dayHeader
      throw NotTaken(.invalidRequest("the header `\(header)` names no version, such as 2023-06-01", param: header))
    }
    return version
  }

  private func callTools(
    of server: String, for request: Request, on channel: any Channel, requestID: RequestID
  ) async -> Reply {
    guard let caller = gateway.caller(authorization: request.authorization) else {
      return await gateway.refuseStranger(requestID, from: client(on: channel))
    }
    func refuse(_ failure: Failure) async -> Reply {
      await gateway.refuseUntaken(failure, requestID, of: caller, from: client(on: channel), asking: nil)
    }
    let revision = request.header("mcp-protocol-version")
    guard revision.map(ToolRequest.revisions.contains) != false else {
      return await refuse(
        .invalidRequest("the header `mcp-protocol-version` names no revision that is carried", param: nil))
    }
    let body: [UInt8]
    do {
      _ = try parties(of: request)
      body = try await self.body(of: request)
    } catch {
      return await refuse(error.failure)
    }
    var call = ToolCall(server, requestID: requestID, caller: caller, body: body)
    call.useCase = request.header("x-cordon-use-case")
    call.patient = request.header(ModelCall.patientHeader)
    call.user = request.header(ModelCall.userHeader)
    call.sensitivity = request.declaredSensitivity
    call.client = client(on: channel)
    call.session = request.header("mcp-session-id")
    call.revision = revision
    return await stoppable(on: channel, unless: call.interruption) { [gateway, call] in await gateway.answer(call) }
  }

  private func ask(
    _ act: KeptCall.Act, of id: String, for request: Request, on channel: any Channel, requestID: RequestID
  ) async -> Reply {
    guard let caller = gateway.caller(authorization: request.authorization) else {
      return await gateway.refuseStranger(requestID, from: client(on: channel), asking: act.recorded)
    }
    func refuse(_ failure: Failure) async -> Reply {
      await gateway.refuseUntaken(failure, requestID, of: caller, from: client(on: channel), asking: act.recorded)
    }
    do {
      _ = try parties(of: request)
    } catch {
      return await refuse(error.failure)
    }
    guard let query = request.uri.query.map(\.pairs) ?? [] else {
      return await refuse(.invalidRequest("the address is none", param: nil))
    }
    var call = KeptCall(act, id, requestID: requestID, caller: caller)
    call.query = query
    call.useCase = request.header("x-cordon-use-case")
    call.patient = request.header(ModelCall.patientHeader)
    call.user = request.header(ModelCall.userHeader)
    call.client = client(on: channel)
    return await stoppable(on: channel, unless: call.interruption) { [gateway, call] in await gateway.answer(call) }
  }

  /// The whole body of a request.
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
