import Glibc
package import Ledger
import NIOCore
import NIOPosix
import NIOSSL

/// A connection to a receiver of syslog messages.
///
/// Over TLS (RFC 5425) and TCP (RFC 6587) each message is preceded by its length, and messages go out some at a time;
/// over UDP (RFC 5426) each is a datagram. The protocol has no acknowledgement of a message, but a connection has an end:
/// see `finish`.
package actor SyslogSender {
  private static let pieceSize = 1 << 16
  /// After how many milliseconds of silence the system gives up a receiver that takes nothing any more (RFC 5482).
  private static let silence: ChannelOptions.Types.SocketOption.Value = 30_000
  /// How long a receiver may take to read the rest and to end the connection.
  static let endingTime = TimeAmount.seconds(60)

  private let receiver: SyslogReceiver
  private let channel: any Channel
  private let end = ConnectionEnd()
  /// Where datagrams go.
  private let address: SocketAddress?
  private var waiting = ByteBuffer()

  /// Connects to the receiver.
  package init(_ receiver: SyslogReceiver, trust: SyslogTrust = SyslogTrust()) async throws {
    self.receiver = receiver
    let security = receiver.transport == .tls ? try trust.context() : nil
    do {
      switch receiver.transport {
      case .udp:
        let address = try SocketAddress.makeAddressResolvingHost(receiver.host, port: receiver.port)
        self.address = address
        let local = try SocketAddress(ipAddress: address.protocol == .inet6 ? "::" : "0.0.0.0", port: 0)
        channel = try await DatagramBootstrap(group: .singletonMultiThreadedEventLoopGroup).bind(to: local).get()
      case .tcp, .tls:
        address = nil
        let isName = (try? SocketAddress(ipAddress: receiver.host, port: 0)) == nil
        channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
          .connectTimeout(.seconds(10))
          .channelOption(.tcpOption(NIOBSDSocket.Option(rawValue: TCP_USER_TIMEOUT)), value: SyslogSender.silence)
          .channelOption(.socketOption(.so_keepalive), value: 1)
          .channelInitializer { [end] channel in
            channel.eventLoop.makeCompletedFuture {
              if let security {
                try channel.pipeline.syncOperations.addHandler(
                  NIOSSLClientHandler(context: security, serverHostname: isName ? receiver.host : nil))
              }
              try channel.pipeline.syncOperations.addHandler(end)
            }
          }
          .connect(host: receiver.host, port: receiver.port).get()
      }
    } catch {
      throw DeliveryFailure(.unreachable, receiver.name)
    }
  }

  /// Whether nobody has ended the connection yet.
  package nonisolated var isOpen: Bool { channel.isActive }

  /// Sends a message, or keeps it until there are more.
  package func send(_ message: [UInt8]) async throws {
    if let address {
      let datagram = AddressedEnvelope(remoteAddress: address, data: ByteBuffer(bytes: message))
      return try await sending { channel in channel.writeAndFlush(datagram) }
    }
    waiting.writeString("\(message.count) ")
    waiting.writeBytes(message)
    if waiting.readableBytes >= SyslogSender.pieceSize { try await flush() }
  }

  /// Sends what waits; returns when the system has taken it.
  package func flush() async throws {
    guard waiting.readableBytes > 0 else { return }
    let piece = waiting
    waiting.clear()
    try await sending { channel in channel.writeAndFlush(piece) }
  }

  /// Sends what waits, ends the connection and returns when the receiver has ended it too: it has read everything then.
  ///
  /// A receiver that goes away with something unread resets the connection. One that was gone before the last bytes came
  /// answers them so as well; that is why they are waited for before the end is announced.
  package func finish() async throws {
    try await flush()
    guard address == nil else { return try await sending { channel in channel.close() } }
    try await acknowledged()
    let timer = channel.eventLoop.scheduleTask(in: SyslogSender.endingTime) { [channel, end] in
      end.note(ChannelError.connectTimeout(SyslogSender.endingTime))
      channel.close(promise: nil)
    }
    defer { timer.cancel() }
    do {
      if receiver.transport == .tls {
        try await channel.close().get()
      } else {
        try await channel.close(mode: .output).get()
      }
    } catch {
      end.note(error)
    }
    try? await channel.closeFuture.get()
    guard end.error == nil else { throw DeliveryFailure(.unconfirmed, receiver.name) }
  }

  /// Ends the connection without sending what waits, and waits for nobody.
  package func abandon() { channel.close(promise: nil) }

  /// Returns when the receiver's system has all that was sent.
  private func acknowledged() async throws {
    guard let options = channel as? any SocketOptionProvider else { return }
    let deadline = NIODeadline.now() + SyslogSender.endingTime
    while NIODeadline.now() < deadline, channel.isActive {
      do {
        if try await options.getTCPInfo().get().tcpi_unacked == 0 { return }
        try await channel.eventLoop.scheduleTask(in: .milliseconds(5)) {}.futureResult.get()
      } catch {
        break
      }
    }
    throw DeliveryFailure(.broken(overTLS: receiver.transport == .tls), receiver.name)
  }

  private func sending(_ send: (any Channel) -> EventLoopFuture<Void>) async throws {
    do {
      try await send(channel).get()
    } catch {
      throw DeliveryFailure(.broken(overTLS: receiver.transport == .tls), receiver.name)
    }
  }
}
