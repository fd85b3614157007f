import HummingbirdCore
import HummingbirdHTTP2
import Logging
import NIOCore
import NIOSSL
import NIOTLS
import Synchronization

/// Connections under TLS, which speak HTTP/2 or HTTP/1.1 as the client asks (RFC 7301).
///
/// What a connection speaks is known when its handshake has ended, and no other deadline runs until then.
struct EncryptedConnections: ServerChildChannel {
  typealias Value = HTTP2UpgradeChannel.Value

  private let channels: CertifiedChannels
  private let handshakeTime: TimeAmount
  private let watch: @Sendable () -> TLSWatch

  /// Connections each of which `watch` sees begin.
  init(_ channels: CertifiedChannels, handshakeSeconds: Int, watch: @escaping @Sendable () -> TLSWatch) {
    self.channels = channels
    handshakeTime = .seconds(Int64(handshakeSeconds))
    self.watch = watch
  }

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    let value: EventLoopFuture<Value>
    do {
      value = try channels.current().setup(channel: channel, logger: logger)
      let pipeline = channel.pipeline.syncOperations
      let encryption = try pipeline.handler(type: NIOSSLServerHandler.self)
      try pipeline.addHandler(watch(), position: .after(encryption))
      try pipeline.addHandler(HandshakeDeadline(handshakeTime), position: .after(encryption))
    } catch {
      return channel.eventLoop.makeFailedFuture(error)
    }
    return value
  }

  func handle(value: Value, logger: Logger) async { await channels.any.handle(value: value, logger: logger) }
}

/// The channels of connections under the certificate that is presented now.
final class CertifiedChannels: Sendable {
  private let certificate: ListenerCertificate
  private let make: @Sendable (TLSConfiguration) throws -> HTTP2UpgradeChannel
  private let made: Mutex<(number: Int, channels: HTTP2UpgradeChannel)>

  /// Channels that `make` makes for each certificate.
  init(
    _ certificate: ListenerCertificate, make: @escaping @Sendable (TLSConfiguration) throws -> HTTP2UpgradeChannel
  ) throws {
    self.certificate = certificate
    self.make = make
    let presented = certificate.presented
    made = Mutex((presented.number, try make(presented.tls)))
  }

  /// Those of a connection that begins now.
  func current() throws -> HTTP2UpgradeChannel {
    let presented = certificate.presented
    return try made.withLock { made in
      if made.number != presented.number { made = (presented.number, try make(presented.tls)) }
      return made.channels
    }
  }

  /// Those of any connection: what comes through one is handled the same under every certificate.
  var any: HTTP2UpgradeChannel { made.withLock(\.channels) }
}

/// Closes a connection whose client takes too long to agree on its encryption.
private final class HandshakeDeadline: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = Any

  private let allowed: TimeAmount
  private var alarm: Scheduled<Void>?

  init(_ allowed: TimeAmount) { self.allowed = allowed }

  func handlerAdded(context: ChannelHandlerContext) {
    let channel = context.channel
    alarm = context.eventLoop.scheduleTask(in: allowed) { channel.close(promise: nil) }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    let isAgreed =
      if case .handshakeCompleted? = event as? TLSUserEvent { true } else { false }
    if isAgreed { cancel() }
    context.fireUserInboundEventTriggered(event)
    if isAgreed { context.pipeline.syncOperations.removeHandler(context: context, promise: nil) }
  }

  func handlerRemoved(context: ChannelHandlerContext) { cancel() }

  private func cancel() {
    alarm?.cancel()
    alarm = nil
  }
}
