package import Ciphers
internal import PHI

/// The secret of one project: what a value becomes in one project tells nothing about what it becomes in another.
///
/// All its keys come from one secret and the name of the project by HKDF-SHA256, one for each use.
package final class ProjectKey: Sendable {
  private let tokens: SecretBytes
  private let patients: SecretBytes
  private let decimal: FF1
  private let alphanumeric: FF1

  /// The key of `project`, from a secret of at least 32 bytes.
  package init(_ secret: borrowing SecretBytes, project: String) throws(CipherError) {
    guard secret.count >= 32 else { throw CipherError(code: .invalidKey) }
    func purpose(_ use: String) -> [UInt8] { Array("cordon deid v1 \(use)\u{0}\(project)".utf8) }
    tokens = secret.derived(for: purpose("tokens"))
    patients = secret.derived(for: purpose("patients"))
    decimal = try FF1(key: secret.derived(for: purpose("ff1 radix 10")), radix: 10)
    alphanumeric = try FF1(key: secret.derived(for: purpose("ff1 radix 36")), radix: 36)
  }

  /// The key of one patient of the project, whose id is not kept.
  package func patient(_ id: String) -> PatientKey {
    PatientKey(patients.derived(for: Array("cordon deid v1 patient\u{0}".utf8) + Array(id.utf8)))
  }

  /// What stands for `value`, in the same way throughout the project.
  func code(of value: [UInt8], as identifier: Identifier) -> Digest {
    Digest(authenticating: [identifier.rawValue] + value, key: tokens)
  }

  /// The numerals below `radix`, 10 or 36, that stand for `numerals`.
  func encrypted(_ numerals: [UInt8], radix: Int, as identifier: Identifier) throws(CipherError) -> [UInt8] {
    let tweak = Array(identifier.label.utf8)
    return radix == 10
      ? try decimal.encrypt(numerals, tweak: tweak) : try alphanumeric.encrypt(numerals, tweak: tweak)
  }

  /// The numerals below `radix`, 10 or 36, that `numerals` stand for.
  func decrypted(_ numerals: [UInt8], radix: Int, as identifier: Identifier) throws(CipherError) -> [UInt8] {
    let tweak = Array(identifier.label.utf8)
    return radix == 10
      ? try decimal.decrypt(numerals, tweak: tweak) : try alphanumeric.decrypt(numerals, tweak: tweak)
  }
}
