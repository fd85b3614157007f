import Ciphers
import NIOSSL
import Synchronization

/// The certificate that the listener presents: renewed files are presented to whoever connects after they were read again,
/// and who is connected goes on.
package final class ListenerCertificate: Sendable {
  /// What connections are made with.
  struct Presented: Sendable {
    let tls: TLSConfiguration
    /// SHA-256 of the file with the chain.
    let digest: Digest
    /// What tells it from those before it.
    let number: Int
  }

  /// That another certificate is about to be presented.
  package struct Change: Hashable, Sendable {
    let before: Digest
    let after: Digest
  }

  private let files: Configuration.CertificateFiles
  private let onlyApproved: Bool
  private let state: Mutex<State>

  private struct State {
    var presented: Presented
    var prepared: Presented?
  }

  /// The certificate in these files; throws when they are none, or the key is another's.
  package init(_ files: Configuration.CertificateFiles, onlyApproved: Bool) throws {
    self.files = files
    self.onlyApproved = onlyApproved
    state = Mutex(State(presented: try Self.read(files, onlyApproved: onlyApproved, number: 0)))
  }

  /// What is presented now.
  var presented: Presented { state.withLock(\.presented) }

  /// Reads the files again; nil when they say what they said.
  ///
  /// Nothing else is presented before `adopt`.
  package func prepare() throws -> Change? {
    let former = presented
    let next = try Self.read(files, onlyApproved: onlyApproved, number: former.number + 1)
    guard next.digest != former.digest else {
      state.withLock { $0.prepared = nil }
      return nil
    }
    state.withLock { $0.prepared = next }
    return Change(before: former.digest, after: next.digest)
  }

  /// Presents what was prepared from now on.
  package func adopt() {
    state.withLock { state in
      if let next = state.prepared { state.presented = next }
      state.prepared = nil
    }
  }

  private static func read(
    _ files: Configuration.CertificateFiles, onlyApproved: Bool, number: Int
  ) throws -> Presented {
    guard let chain = try SmallFile.content(at: files.chain), let key = try SmallFile.content(at: files.privateKey)
    else { throw Unreadable() }
    var tls = TLSConfiguration.makeServerConfiguration(
      certificateChain: try NIOSSLCertificate.fromPEMBytes(chain).map { .certificate($0) },
      privateKey: .privateKey(try NIOSSLPrivateKey(bytes: key, format: .pem)))
    TLSSettings.pin(&tls, onlyApproved: onlyApproved)
    // A chain without its own key is found here, and not by the first who connects.
    _ = try NIOSSLContext(configuration: tls)
    return Presented(tls: tls, digest: Digest(hashing: chain.span), number: number)
  }

  /// One of the files is not there.
  struct Unreadable: Error, CustomStringConvertible {
    var description: String { "the certificate or its key cannot be read" }
  }
}
