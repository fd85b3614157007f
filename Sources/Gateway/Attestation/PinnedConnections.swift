import AsyncHTTPClient
import Bytes
import Ciphers
import NIOCore
import NIOSSL
import Synchronization

/// Connections to one vendor that all present the same public key in TLS.
///
/// The first connection decides on the key: the evidence comes through it, and has to name it. A later connection with
/// another key is closed before a byte of a request goes through it. They end when nobody holds them any more.
final class PinnedConnections: Sendable {
  let client: HTTPClient
  private let pin = Pin()

  /// The SHA-256 digest of the key that they present; nil before the first connection, and without TLS.
  var key: Digest? { pin.key }

  /// Connections by this configuration of the HTTP client's.
  init(_ configuration: HTTPClient.Configuration) {
    var configuration = configuration
    let (of1, of2) = (configuration.http1_1ConnectionDebugInitializer, configuration.http2ConnectionDebugInitializer)
    configuration.http1_1ConnectionDebugInitializer = { [pin] channel in pin.check(channel, then: of1) }
    configuration.http2ConnectionDebugInitializer = { [pin] channel in pin.check(channel, then: of2) }
    client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  deinit { Task { [client] in try? await client.shutdown() } }

  /// A connection presented another key than the first.
  struct OtherKey: Error {}

  /// The key that connections present.
  private final class Pin: Sendable {
    private let state = Mutex<Digest?>(nil)

    var key: Digest? { state.withLock(\.self) }

    /// Lets a connection be used when it presents the key that the first one presented, and `then` when that is so.
    func check(
      _ channel: any Channel, then: (@Sendable (any Channel) -> EventLoopFuture<Void>)?
    ) -> EventLoopFuture<Void> {
      let checked = channel.eventLoop.submit { [self] in
        guard
          let certificate = try? channel.pipeline.syncOperations.nioSSL_peerCertificate(),
          let info = try? certificate.extractPublicKey().toSPKIBytes(),
          isKnown(Digest(hashing: info.span))
        else { throw OtherKey() }
      }
      checked.whenFailure { _ in channel.close(promise: nil) }
      return checked.flatMap { then?(channel) ?? channel.eventLoop.makeSucceededVoidFuture() }
    }

    private func isKnown(_ presented: Digest) -> Bool {
      state.withLock { key in
        if key == nil { key = presented }
        return key == presented
      }
    }
  }
}
