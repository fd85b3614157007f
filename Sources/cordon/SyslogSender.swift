import NIOCore
import NIOPosix
import NIOSSL

/// A connection to a receiver of syslog messages.
///
/// Over TLS (RFC 5425) and TCP (RFC 6587) each message is preceded by its length, and messages go out some at a time;
/// over UDP (RFC 5426) each is a datagram. The protocol has no acknowledgement: what a connection lost on its way shows
/// as a gap where the messages arrive.
actor SyslogSender {
  private static let pieceSize = 1 << 16

  private let receiver: SyslogReceiver
  private let channel: any Channel
  /// Where datagrams go.
  private let address: SocketAddress?
  private var waiting = ByteBuffer()

  /// Connects to the receiver, whose certificate must be signed by those in the file `certificates`, or by one that the
  /// system trusts.
  init(_ receiver: SyslogReceiver, certificates: String?) async throws {
    self.receiver = receiver
    do {
      switch receiver.transport {
      case .udp:
        let address = try SocketAddress.makeAddressResolvingHost(receiver.host, port: receiver.port)
        self.address = address
        let local = try SocketAddress(ipAddress: address.protocol == .inet6 ? "::" : "0.0.0.0", port: 0)
        channel = try await DatagramBootstrap(group: .singletonMultiThreadedEventLoopGroup).bind(to: local).get()
      case .tcp, .tls:
        address = nil
        let security = receiver.transport == .tls ? try SyslogSender.security(certificates) : nil
        let isName = (try? SocketAddress(ipAddress: receiver.host, port: 0)) == nil
        channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
          .connectTimeout(.seconds(10))
          .channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
              guard let security else { return }
              try channel.pipeline.syncOperations.addHandler(
                NIOSSLClientHandler(context: security, serverHostname: isName ? receiver.host : nil))
            }
          }
          .connect(host: receiver.host, port: receiver.port).get()
      }
    } catch let failure as CommandFailure {
      throw failure
    } catch {
      throw CommandFailure(.unavailable, "cannot connect to `\(receiver.name)`")
    }
  }

  /// Sends a message, or keeps it until there are more.
  func send(_ message: [UInt8]) async throws {
    if let address {
      let datagram = AddressedEnvelope(remoteAddress: address, data: ByteBuffer(bytes: message))
      return try await sending { channel in channel.writeAndFlush(datagram) }
    }
    waiting.writeString("\(message.count) ")
    waiting.writeBytes(message)
    if waiting.readableBytes >= SyslogSender.pieceSize { try await flush() }
  }

  /// Sends what waits and ends the connection in order.
  ///
  /// A receiver that ends a TLS connection without saying so is forgiven: many do, and by then all was handed over.
  func close() async throws {
    try await flush()
    try await sending { channel in
      channel.close().flatMapErrorThrowing { error in
        guard case NIOSSLError.uncleanShutdown = error else { throw error }
      }
    }
  }

  /// Ends the connection without sending what waits.
  func abandon() async { try? await channel.close() }

  private func flush() async throws {
    guard waiting.readableBytes > 0 else { return }
    let piece = waiting
    waiting.clear()
    try await sending { channel in channel.writeAndFlush(piece) }
  }

  private func sending(_ send: (any Channel) -> EventLoopFuture<Void>) async throws {
    do {
      try await send(channel).get()
    } catch {
      // A write that waits for the handshake fails as one on a closed connection does: which of the two it was is lost.
      let advice = receiver.transport == .tls ? ", or its certificate is not signed by one that is trusted" : ""
      throw CommandFailure(.unavailable, "the connection to `\(receiver.name)` broke while records were sent\(advice)")
    }
  }

  private static func security(_ certificates: String?) throws -> NIOSSLContext {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv12
    if let certificates {
      guard let trusted = try? NIOSSLCertificate.fromPEMFile(certificates), !trusted.isEmpty else {
        throw CommandFailure(.badConfiguration, "`\(certificates)` holds no certificate")
      }
      configuration.trustRoots = .certificates(trusted)
    }
    return try NIOSSLContext(configuration: configuration)
  }
}
