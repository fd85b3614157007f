import HTTPTypes
import HummingbirdCore
import HummingbirdHTTP2
package import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import ServiceLifecycle

/// The gateway on a socket: it listens, answers, and drains when it is told to stop.
package struct GatewayServer: ServiceLifecycle.Service {
  private let gateways: GatewayInForce
  private let listen: Configuration.Listen
  private let certificate: ListenerCertificate?
  private let limits: Limits
  private let logger: Logger
  private let onListening: @Sendable (_ port: Int) async -> Void

  /// A server that calls `onListening` once, with the port, when it accepts connections.
  package init(
    _ gateways: GatewayInForce, listen: Configuration.Listen, certificate: ListenerCertificate?, limits: Limits,
    logger: Logger,
    onListening: @escaping @Sendable (_ port: Int) async -> Void
  ) {
    self.gateways = gateways
    self.listen = listen
    self.certificate = certificate
    self.limits = limits
    self.logger = logger
    self.onListening = onListening
  }

  package func run() async throws {
    let connections = ClientConnections()
    let date = DateHeader()
    // Hummingbird's `Application` keeps the time of its `Date` header in a service whose end may wait for itself for ever,
    // as tasks run on the event loops: the server is run without it.
    let server = try builder(watching: connections).buildServer(
      configuration: ServerConfiguration(
        address: .hostname(listen.address, port: listen.port),
        availableConnectionsDelegate: MaximumAvailableConnections(limits.connections, logger: logger)),
      eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger
    ) { [gateways] request, writer, channel in
      let gateway = gateways.current
      let responder = GatewayResponder(gateway: gateway, connections: connections)
      var response = await responder.respond(to: request, on: channel)
      response.headers[.date] = date.text(at: gateway.clock.timestamp)
      do {
        try await writer.write(response: response.head, body: response.body)
      } catch is HTTPParserError {
        // Half of an answer is out: nothing else may be written behind it.
        throw BrokenOff()
      }
    } onServerRunning: { [onListening, listen] channel in
      await onListening(channel.localAddress?.port ?? listen.port)
    }
    do {
      try await withGracefulShutdownHandler {
        try await server.run()
      } onGracefulShutdown: { [gateways] in
        gateways.current.beginDraining()
      }
    } catch let error as IOError {
      throw ListenFailure(address: listen.address, port: listen.port, number: error.errnoCode)
    }
  }

  private func builder(watching connections: ClientConnections) throws -> HTTPServerBuilder {
    let (requestSeconds, headerBytes) = (limits.requestSeconds, limits.headerBytes)
    let http = HTTP1Channel.Configuration(
      additionalChannelHandlers: [RequestDeadline(seconds: requestSeconds), ClosingWatch(connections)],
      idleTimeout: .seconds(Int64(limits.idleSeconds)),
      httpDecoderConfiguration: .init(maxHeaderFieldSize: headerBytes, maxHeaderListSize: headerBytes))
    guard let certificate else {
      // Who wants TLS and hands over nothing to present is not served in the clear.
      guard listen.certificate == nil else { throw ListenerCertificate.Unreadable() }
      return .http1(configuration: http)
    }
    let gateway = gateways.current
    let http2 = HTTP2ChannelConfiguration(idleTimeout: .seconds(limits.idleSeconds), streamConfiguration: http)
    return HTTPServerBuilder { responder in
      EncryptedConnections(
        try CertifiedChannels(certificate) { tls in
          try HTTP2UpgradeChannel(tlsConfiguration: tls, configuration: http2, responder: responder)
        },
        handshakeSeconds: requestSeconds
      ) {
        TLSWatch(onlyApproved: gateway.onlyApproved, gateway.security) { session, client in
          await gateway.recordTLS(session, client: client)
        }
      }
    }
  }
}

/// What a client sent while it was answered is no HTTP.
private struct BrokenOff: Error {}
