import Attestation
import Bytes
import Ciphers
import NIOSSL

/// By what the evidence of a vendor is checked, as it was when it was read: what becomes of the files afterwards changes
/// nothing until they are read again, and that is in the log.
struct AttestationTrust: Sendable {
  /// The keys of the verifier.
  let keys: AttestationKeys
  /// The certificates that the vendor's is checked by; nil for the system's.
  let authorities: [NIOSSLCertificate]?
  /// SHA-256 of both files, each with its length in a line before it.
  let digest: Digest

  /// What the files of these settings say.
  init(_ settings: AttestationSettings) throws(AttestationError) {
    let keys = try Self.content(of: settings.keys)
    self.keys = try AttestationKeys(parsing: keys)
    var text: [UInt8] = []
    text += Array("\(keys.count)\n".utf8) + keys
    if let path = settings.authorities {
      let certificates = try Self.content(of: path)
      guard let parsed = try? NIOSSLCertificate.fromPEMBytes(certificates), !parsed.isEmpty else {
        throw AttestationError(.unusableAuthorities)
      }
      authorities = parsed
      text += Array("\(certificates.count)\n".utf8) + certificates
    } else {
      authorities = nil
    }
    digest = Digest(hashing: text.span)
  }

  private static func content(of path: String) throws(AttestationError) -> [UInt8] {
    do throws(FileFault) {
      if let content = try SmallFile.content(at: path) { return content }
    } catch {}
    throw AttestationError(.unusableKeys)
  }
}

extension AttestationTrust: Equatable {
  /// Whether both trust the same.
  static func == (left: AttestationTrust, right: AttestationTrust) -> Bool { left.digest == right.digest }
}

/// That other keys or certificates are trusted for a vendor than before.
package struct AttestationTrustChange: Hashable, Sendable {
  let vendor: ConfiguredID<Vendor>
  /// What was trusted; nil when nothing was.
  let before: Digest?
  /// What is; nil when nothing is.
  let after: Digest?
}
