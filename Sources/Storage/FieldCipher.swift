import Bytes
package import Ciphers

/// Seals the fields of a store, and gives the blind indexes by which sealed fields are looked up.
///
/// ## Construction
/// Two keys come from a secret by HKDF-SHA256, for the label of this store. A sealed field is 1 ‖ 16 random bytes ‖ what
/// `SealingKey` gives (AES-256-GCM) for the context salt ‖ table ‖ column ‖ row: moved to another place, it does not
/// open. The random bytes hide that a field has the value that it had before.
///
/// A blind index is HMAC-SHA256 of the column and the normalised value, cut to 16 bytes.
///
/// ## What it does not hide
/// The length of a value; by a blind index, which rows of one column have equal values. Who has the secret can try
/// values against an index.
package struct FieldCipher: ~Copyable, Sendable {
  private static let version: UInt8 = 1
  private static let saltLength = 16
  /// How many bytes a blind index has.
  package static let indexLength = 16

  private let sealing: SealingKey
  private let indexing: SecretBytes

  /// The cipher of the store that `label` names, under a secret of 32 bytes or more.
  package init(secret: borrowing SecretBytes, label: String) throws(StorageError) {
    guard secret.count >= 32 else { throw StorageError(.invalidKey) }
    let master = secret.derived(for: "cordon field seal v1 \(label)")
    do throws(CipherError) {
      sealing = try SealingKey(master: master)
    } catch {
      throw StorageError(.invalidKey)
    }
    indexing = secret.derived(for: "cordon field index v1 \(label)")
  }

  /// The value, sealed for one place.
  package func seal(
    _ value: Span<UInt8>, at place: FieldPlace, using generator: inout some RandomNumberGenerator
  ) throws(StorageError) -> [UInt8] {
    let salt = [UInt8](randomCount: FieldCipher.saltLength, using: &generator)
    do throws(CipherError) {
      return try [FieldCipher.version] + salt + sealing.seal(value, context: salt + place.context)
    } catch {
      throw StorageError(.invalidKey)
    }
  }

  /// The text, sealed for one place.
  package func seal(
    _ text: String, at place: FieldPlace, using generator: inout some RandomNumberGenerator
  ) throws(StorageError) -> [UInt8] {
    var bytes = Array(text.utf8)
    defer { bytes.wipe() }
    return try seal(bytes.span, at: place, using: &generator)
  }

  /// The value that was sealed for this place.
  package func open(_ sealed: [UInt8], at place: FieldPlace) throws(StorageError) -> [UInt8] {
    let start = 1 + FieldCipher.saltLength
    guard sealed.count > start, sealed[0] == FieldCipher.version else { throw StorageError(.notAuthentic) }
    do throws(CipherError) {
      return try sealing.open(
        sealed.span.extracting(start..<sealed.count), context: Array(sealed[1..<start]) + place.context)
    } catch {
      throw StorageError(.notAuthentic)
    }
  }

  /// The text that was sealed for this place.
  package func openText(_ sealed: [UInt8], at place: FieldPlace) throws(StorageError) -> String {
    var bytes = try open(sealed, at: place)
    defer { bytes.wipe() }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw StorageError(.notAuthentic) }
    return text
  }

  /// What rows whose `column` holds this value, or one that is normalised to the same, are looked up by: 16 bytes.
  package func index(_ value: String, in column: FieldColumn, normalised: Normalisation = .exact) -> [UInt8] {
    var message = column.context
    message.append(contentsOf: normalised(value).utf8)
    defer { message.wipe() }
    return Array(Digest(authenticating: message, key: indexing).bytes.prefix(FieldCipher.indexLength))
  }
}
