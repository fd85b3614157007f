import Bytes
import Ciphers
import GRDB
import Storage
import struct Foundation.Data

// Not inlined: no noncopyable value is alive across an `await` (see the invariant of `Agreement`).
extension KeptMaps {
  private static let label = "kept"

  /// What stands for something kept: nobody for whom it is not kept can make it.
  @inline(never)
  static func code(
    of object: KeptObject, for holder: KeptHolder, in vault: String, _ fields: SecretBox
  ) throws(VaultError) -> KeptCode {
    var text = RowText()
    text.append(vault)
    text.append(object.vendor)
    text.append(object.kind.rawValue)
    text.append(object.id)
    text.append(holder.caller)
    text.append(holder.useCase)
    text.append(holder.patient?.text)
    text.append(holder.user?.text)
    let key = fields.secret.derived(for: "cordon kept v1 code")
    return KeptCode(bytes: Array(Digest(authenticating: text.bytes, key: key).bytes.prefix(KeptCode.byteCount)))
  }

  /// A map sealed under its secret, and the secret, which is sealed already under the keys of people, under the vault's.
  @inline(never)
  static func seal(
    _ map: [UInt8], of object: KeptObject, under secret: [UInt8], itself wrapped: [UInt8], _ context: [UInt8],
    _ fields: SecretBox
  ) throws(VaultError) -> (name: [UInt8], key: [UInt8], map: [UInt8]) {
    var random = SystemRandomNumberGenerator()
    let outer = try Vault.fieldCipher(label, fields)
    let inner = try cipher(secret)
    do throws(StorageError) {
      return (
        try outer.seal(object.id, at: FieldPlace("kept", "name", row: context), using: &random),
        try outer.seal(wrapped.span, at: FieldPlace("kept", "key", row: context), using: &random),
        try inner.seal(map.span, at: FieldPlace("kept", "map", row: context), using: &random)
      )
    } catch {
      throw VaultError(.storage)
    }
  }

  /// The sealed secret of a map, as it is under the keys of people.
  @inline(never)
  static func open(_ key: [UInt8], _ context: [UInt8], _ fields: SecretBox) throws(VaultError) -> [UInt8] {
    let outer = try Vault.fieldCipher(label, fields)
    do throws(StorageError) {
      return try outer.open(key, at: FieldPlace("kept", "key", row: context))
    } catch {
      throw VaultError(.notAuthentic)
    }
  }

  /// What the vendor calls it.
  @inline(never)
  static func openName(_ name: [UInt8], _ context: [UInt8], _ fields: SecretBox) throws(VaultError) -> String {
    let outer = try Vault.fieldCipher(label, fields)
    do throws(StorageError) {
      return try outer.openText(name, at: FieldPlace("kept", "name", row: context))
    } catch {
      throw VaultError(.altered(.kept))
    }
  }

  /// The map that was sealed under a secret.
  @inline(never)
  static func open(_ map: [UInt8], under secret: [UInt8], _ context: [UInt8]) throws(VaultError) -> [UInt8] {
    let inner = try cipher(secret)
    do throws(StorageError) {
      return try inner.open(map, at: FieldPlace("kept", "map", row: context))
    } catch {
      throw VaultError(.notAuthentic)
    }
  }

  private static func cipher(_ secret: [UInt8]) throws(VaultError) -> FieldCipher {
    var bytes = secret
    guard bytes.count == 32 else { throw VaultError(.malformed) }
    let key = SecretBytes(taking: &bytes)
    do throws(StorageError) {
      return try FieldCipher(secret: key, label: label)
    } catch {
      throw VaultError(.malformed)
    }
  }

  /// Whether a caller may have so many bytes more, `besides` what is to be written anew.
  static func hasRoom(
    for caller: String, bytes: Int, within bounds: KeptBounds, besides code: KeptCode?, _ database: Database
  ) throws -> Bool {
    let held = try Row.fetchOne(
      database,
      sql: """
        SELECT COUNT(*) AS maps, COALESCE(SUM(length(key) + length(map)), 0) AS bytes
        FROM kept WHERE caller = ? AND code != ?
        """, arguments: [caller, Data(code?.bytes ?? [])])
    guard let held else { throw VaultError(.storage) }
    return held["maps"] as Int + 1 <= bounds.maps && held["bytes"] as Int + bytes <= bounds.bytes
  }
}
