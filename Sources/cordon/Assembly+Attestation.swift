import Attestation
import Gateway

extension Assembly {
  /// What the requests to a vendor go through that has to prove what runs on its machine; nil for one that has not.
  static func connections(_ vendor: Vendor, _ attestations: VendorAttestations) throws -> AttestedVendor? {
    do throws(AttestationError) {
      return try attestations.enter(vendor)
    } catch {
      throw CommandFailure(
        .badConfiguration,
        error.code == .unusableAuthorities
          ? "vendor `\(vendor.id)`: `attestation.authorities`: \(error)\nhelp: it has certificates in PEM"
          : "vendor `\(vendor.id)`: `attestation.keys`: \(error)\nhelp: a JSON Web Key Set has the verifier's public keys"
      )
    }
  }
}
