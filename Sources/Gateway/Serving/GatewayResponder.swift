import AsyncAlgorithms
import HTTPTypes
import Hummingbird
import struct Ledger.ConfiguredName
import struct Ledger.RequestID
import NIOCore

/// Finds the answer to each HTTP request, and gives every one its `x-request-id`.
struct GatewayResponder: HTTPResponder {
  typealias Context = GatewayContext

  let gateway: Gateway
  let connections: ClientConnections

  func respond(to request: Request, context: Context) async throws -> Response {
    let requestID = gateway.newRequestID()
    var reply = await reply(to: request, on: context.channel, requestID: requestID)
    reply.headers.append(("x-request-id", requestID.description))
    return response(reply, on: context.channel)
  }

  private func reply(to request: Request, on channel: any Channel, requestID: RequestID) async -> Reply {
    switch (request.uri.path, request.method) {
    case ("/v1/chat/completions", .post): return await chatCompletion(request, on: channel, requestID: requestID)
    case ("/v1/models", .get): return gateway.models(authorization: request.headers[.authorization])
    case ("/healthz", .get): return gateway.health()
    case ("/readyz", .get): return gateway.readiness()
    case ("/metrics", .get): return gateway.metricsPage()
    case (let path, .get) where path.hasPrefix("/log/"):
      return await gateway.logFile(
        String(path.dropFirst("/log/".count)), authorization: request.headers[.authorization],
        client: client(on: channel), requestID: requestID)
    case (let path, _) where path.hasPrefix("/log/"): return .failure(.methodNotAllowed)
    case ("/v1/chat/completions", _), ("/v1/models", _), ("/healthz", _), ("/readyz", _), ("/metrics", _):
      return .failure(.methodNotAllowed)
    default: return .failure(.unknownPath)
    }
  }

  private func chatCompletion(_ request: Request, on channel: any Channel, requestID: RequestID) async -> Reply {
    guard let caller = gateway.caller(authorization: request.headers[.authorization]) else {
      gateway.metrics.countRequest(.unauthenticated, microseconds: 0)
      return .failure(.unauthenticated)
    }
    let limit = gateway.limits.bodyBytes
    let length = request.headers[.contentLength].flatMap { Int($0) }
    if let length, length > limit { return .failure(.tooLarge(limit: limit)) }
    var body: [UInt8] = []
    body.reserveCapacity(min(length ?? 4_096, limit))
    do {
      for try await piece in request.body {
        guard body.count + piece.readableBytes <= limit else { return .failure(.tooLarge(limit: limit)) }
        body.append(contentsOf: piece.readableBytesView)
      }
    } catch {
      return .failure(.requestIncomplete)
    }
    // A connection that closes in mid-request ends the body like a whole one.
    if let length, body.count < length { return .failure(.requestIncomplete) }
    var call = ChatCall(
      requestID: requestID, caller: caller, useCase: header("x-cordon-use-case", of: request), body: body)
    for name in [ChatCall.patientHeader, ChatCall.userHeader] where isRepeated(name, in: request) {
      return .failure(.invalidRequest("the header `\(name)` comes more than once", param: name))
    }
    call.patient = header(ChatCall.patientHeader, of: request)
    call.user = header(ChatCall.userHeader, of: request)
    call.client = client(on: channel)
    return await stoppable(call, on: channel)
  }

  private func client(on channel: any Channel) -> ConfiguredName? {
    channel.remoteAddress?.ipAddress.flatMap { ConfiguredName($0) }
  }

  private func isRepeated(_ name: String, in request: Request) -> Bool {
    HTTPField.Name(name).map { request.headers[values: $0].count > 1 } ?? false
  }

  private func header(_ name: String, of request: Request) -> String? {
    HTTPField.Name(name).flatMap { request.headers[$0] }
  }

  /// Carries a call, and stops it when its client goes away.
  private func stoppable(_ call: ChatCall, on channel: any Channel) async -> Reply {
    let work = Task { await gateway.chatCompletion(call) }
    connections.during(channel) { work.cancel() }
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
          // A stream that a stop has cut short must not look like one that ended.
          try Task.checkCancellation()
          try await writer.finish(nil)
        }
      }
    return Response(status: HTTPResponse.Status(code: reply.status), headers: headers, body: body)
  }
}
