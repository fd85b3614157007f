/// Why evidence about the machine of a vendor is not taken, or a file of keys is none.
///
/// It says what failed, and nothing that the evidence says.
package struct AttestationError: Error, Hashable, Sendable {
  /// What failed.
  package enum Code: String, Hashable, Sendable, CaseIterable {
    /// There is no evidence: the vendor gave none, or could not be reached.
    case unavailable
    /// It is no signed set of claims (RFC 7515, section 3.1), or is longer than any.
    case malformed
    /// It is signed by an algorithm that is not taken, such as `none`, or by another than its key is for.
    case unsupportedAlgorithm = "unsupported_algorithm"
    /// It names a key that is none of the verifier's.
    case unknownKey = "unknown_key"
    /// The signature is not the key's.
    case badSignature = "bad_signature"
    /// Another verifier made it.
    case otherIssuer = "other_issuer"
    /// It was made for somebody else.
    case otherAudience = "other_audience"
    /// It is of another profile.
    case otherProfile = "other_profile"
    /// It does not say when it was made and when it ends.
    case undated
    /// Its time has not begun.
    case notYetValid = "not_yet_valid"
    /// Its time is over.
    case expired
    /// It was made too long ago.
    case tooOld = "too_old"
    /// It does not have the nonce that was sent: it was made for another question.
    case otherNonce = "other_nonce"
    /// The verifier does not affirm what it saw.
    case notAffirmed = "not_affirmed"
    /// The machine can be debugged, or does not say that it cannot.
    case debuggable
    /// What runs there is not what may run there.
    case otherMeasurement = "other_measurement"
    /// It names no key of the connection.
    case unbound
    /// It names another key than that of the connection.
    case otherConnection = "other_connection"
    /// A file of keys that cannot be read or holds none that can be used.
    case unusableKeys = "unusable_keys"
    /// A file of certificates that cannot be read or holds none.
    case unusableAuthorities = "unusable_authorities"
  }

  /// What failed.
  package let code: Code

  /// A failure of this kind.
  package init(_ code: Code) { self.code = code }
}

extension AttestationError: CustomStringConvertible {
  package var description: String {
    switch code {
    case .unavailable: "there is no evidence"
    case .malformed: "the evidence has not the form of a signed result"
    case .unsupportedAlgorithm: "the evidence is signed by an algorithm that its key is not for"
    case .unknownKey: "the evidence names a key that is none of the verifier's"
    case .badSignature: "the signature of the evidence is wrong"
    case .otherIssuer: "the evidence is of another issuer"
    case .otherAudience: "the evidence was made for another audience"
    case .otherProfile: "the evidence is of another profile"
    case .undated: "the evidence does not say when it was made and when it ends"
    case .notYetValid: "the time of the evidence has not begun"
    case .expired: "the evidence has expired"
    case .tooOld: "the evidence is older than it may be"
    case .otherNonce: "the evidence does not have the nonce that was sent"
    case .notAffirmed: "the verifier does not affirm the machine"
    case .debuggable: "the evidence does not say that the machine cannot be debugged"
    case .otherMeasurement: "the evidence has a measurement that is not allowed"
    case .unbound: "the evidence names no key of the connection"
    case .otherConnection: "the evidence names another key than the connection presents"
    case .unusableKeys: "the file holds no usable keys of a verifier"
    case .unusableAuthorities: "the file holds no usable certificates"
    }
  }
}
