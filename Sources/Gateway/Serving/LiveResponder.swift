import Hummingbird

/// Answers each request by the gateway that is in force when it comes.
struct LiveResponder: HTTPResponder {
  let gateways: GatewayInForce
  let connections: ClientConnections

  func respond(to request: Request, context: GatewayContext) async throws -> Response {
    let responder = GatewayResponder(gateway: gateways.current, connections: connections)
    return try await responder.respond(to: request, context: context)
  }
}
