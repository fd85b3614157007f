import Hummingbird
import HTTPTypes
import struct Ledger.RequestID
import NIOCore

/// Finds the answer to each HTTP request, and gives every one its `x-request-id`.
struct GatewayResponder: HTTPResponder {
  typealias Context = BasicRequestContext

  let gateway: Gateway

  func respond(to request: Request, context: Context) async throws -> Response {
    let requestID = gateway.newRequestID()
    var reply = await reply(to: request, requestID: requestID)
    reply.headers.append(("x-request-id", requestID.description))
    return Response(reply)
  }

  private func reply(to request: Request, requestID: RequestID) async -> Reply {
    switch (request.uri.path, request.method) {
    case ("/v1/chat/completions", .post): return await chatCompletion(request, requestID: requestID)
    case ("/v1/models", .get): return gateway.models(authorization: request.headers[.authorization])
    case ("/healthz", .get): return gateway.health()
    case ("/readyz", .get): return gateway.readiness()
    case ("/metrics", .get): return gateway.metricsPage()
    case ("/v1/chat/completions", _), ("/v1/models", _), ("/healthz", _), ("/readyz", _), ("/metrics", _):
      return .failure(.methodNotAllowed)
    default: return .failure(.unknownPath)
    }
  }

  private func chatCompletion(_ request: Request, requestID: RequestID) async -> Reply {
    guard let caller = gateway.caller(authorization: request.headers[.authorization]) else {
      gateway.metrics.countRequest(.unauthenticated, microseconds: 0)
      return .failure(.unauthenticated)
    }
    let limit = gateway.limits.bodyBytes
    if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
      return .failure(.tooLarge(limit: limit))
    }
    var body: [UInt8] = []
    do {
      for try await piece in request.body {
        guard body.count + piece.readableBytes <= limit else { return .failure(.tooLarge(limit: limit)) }
        body.append(contentsOf: piece.readableBytesView)
      }
    } catch {
      return .failure(.requestIncomplete)
    }
    let useCase = HTTPField.Name("x-cordon-use-case").flatMap { request.headers[$0] }
    return await gateway.chatCompletion(
      ChatCall(requestID: requestID, caller: caller, useCase: useCase, body: body))
  }
}

extension Response {
  /// The HTTP form of a reply.
  init(_ reply: Reply) {
    var headers = HTTPFields()
    for (name, value) in reply.headers {
      if let name = HTTPField.Name(name) { headers.append(HTTPField(name: name, value: value)) }
    }
    let body: ResponseBody =
      switch reply.body {
      case .whole(let bytes): ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
      case .streamed(let produce):
        ResponseBody { writer in
          try await produce { try await writer.write(ByteBuffer(bytes: $0)) }
          try await writer.finish(nil)
        }
      }
    self.init(status: HTTPResponse.Status(code: reply.status), headers: headers, body: body)
  }
}
