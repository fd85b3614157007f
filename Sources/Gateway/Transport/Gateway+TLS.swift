import Ledger
package import NIOCore
import NIOSSL
import Synchronization

/// Brings the sessions with vendors to the gateway, which is built after the HTTP client that opens them.
package final class VendorSessions: Sendable {
  private let gateway = Mutex<Gateway?>(nil)

  package init() {}

  /// Says to which gateway they go.
  package func go(to gateway: Gateway) { self.gateway.withLock { $0 = gateway } }

  /// Records the session of a new connection; one that cannot be recorded is not used.
  package func record(_ channel: any Channel) -> EventLoopFuture<Void> {
    gateway.withLock(\.self)?.recordVendorTLS(on: channel)
      ?? channel.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel)
  }
}

extension Gateway {
  /// Records a client's session; whether the log took it.
  func recordTLS(_ session: TLSSession, client: ConfiguredName?) async -> Bool {
    var entry = Entry(.tlsOpened, at: clock.timestamp)
    entry.client = client
    entry.object = session.recorded
    do {
      try await record(entry)
    } catch {
      return false
    }
    security.countSession(session)
    return true
  }

  /// Records the session of a connection to a vendor before a byte of a request goes through it.
  ///
  /// A connection without TLS, which the configuration allows to this machine only, has none. The cipher suite is not
  /// known here: the HTTP client calls when the handshake is over, and its library tells the version alone.
  func recordVendorTLS(on channel: any Channel) -> EventLoopFuture<Void> {
    channel.eventLoop.flatSubmit { [self] in
      guard (try? channel.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self)) != nil else {
        return channel.eventLoop.makeSucceededVoidFuture()
      }
      guard let version = try? channel.pipeline.syncOperations.nioSSL_tlsVersion() else {
        return channel.close().flatMapThrowing { throw ChannelError.ioOnClosedChannel }
      }
      let session = TLSSession(version: version == .tlsv13 ? .tls13 : .tls12, suite: nil)
      var entry = Entry(.tlsOpened, at: clock.timestamp)
      entry.vendor = vendor(at: channel.remoteAddress)
      entry.object = session.recorded
      return channel.eventLoop.makeFutureWithTask { [self, entry] in
        try await record(entry)
        security.countSession(session)
      }
      .flatMapErrorThrowing { error in
        // A connection that nobody can show afterwards is not kept beside the pool either.
        channel.close(promise: nil)
        throw error
      }
    }
  }

  /// The address that was connected to, which stands for the vendor: a connection may serve several of one address.
  private func vendor(at address: SocketAddress?) -> ConfiguredName? {
    address?.ipAddress.flatMap { ConfiguredName("address:\($0)") }
  }
}
