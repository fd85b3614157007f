import NIOCore
import NIOSSL
import Synchronization

/// Listens at the end of a connection on which nothing is expected, and remembers what it ended with.
final class ConnectionEnd: ChannelInboundHandler, Sendable {
  typealias InboundIn = ByteBuffer

  private let failure = Mutex<(any Error)?>(nil)

  /// What broke the connection; nil while it has not ended, and when it ended in order.
  var error: (any Error)? { failure.withLock { $0 } }

  /// Remembers what broke the connection, unless something else did before.
  func note(_ error: any Error) {
    // Many receivers end a TLS connection without saying so, after they have read all of it.
    if case NIOSSLError.uncleanShutdown = error { return }
    failure.withLock { $0 = $0 ?? error }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {}

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    note(error)
    context.close(promise: nil)
  }
}
