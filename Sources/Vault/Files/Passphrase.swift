import Bytes
package import Ciphers
import CArgon2

/// Where a passphrase comes from each time that it is needed; it is not kept.
package struct PassphraseSource: Sendable {
  private let read: @Sendable () throws(VaultError) -> [UInt8]

  /// The bytes that `read` gives, without the line end after them; they are wiped after use.
  package init(_ read: @escaping @Sendable () throws(VaultError) -> [UInt8]) { self.read = read }

  /// The first line of a file, such as a systemd credential.
  package static func file(_ path: String) -> PassphraseSource {
    PassphraseSource { () throws(VaultError) in
      guard let content = try Folder.content(ofFileAt: path) else { throw VaultError(.noPassphrase) }
      return content
    }
  }

  /// The passphrase.
  package func passphrase() throws(VaultError) -> SecretBytes {
    var bytes = try read()
    defer { bytes.wipe() }
    while let last = bytes.last, last == 0x0A || last == 0x0D { bytes.removeLast() }
    guard !bytes.isEmpty else { throw VaultError(.noPassphrase) }
    return SecretBytes(taking: &bytes)
  }
}

/// How much memory and work a guess of a passphrase costs (Argon2id, RFC 9106).
package struct Argon2Parameters: Hashable, Sendable {
  /// Memory in KiB.
  package let memory: UInt32
  /// Passes over the memory.
  package let passes: UInt32
  /// Lanes.
  package let lanes: UInt32

  /// RFC 9106, section 4: the second recommended option, 64 MiB and three passes.
  package static let recommended = Argon2Parameters(known: 65_536, 3, 4)

  /// The parameters, when they are neither too little to be Argon2 nor more than a key file may ask for.
  ///
  /// A key file is read before it is known to be ours: more than 1 GiB or 16 passes would be an attack on this machine.
  package init?(memory: UInt32, passes: UInt32, lanes: UInt32) {
    guard (1...16).contains(lanes), (1...16).contains(passes), (8 * lanes...1 << 20).contains(memory),
      memory * passes <= 1 << 22
    else { return nil }
    self.init(known: memory, passes, lanes)
  }

  private init(known memory: UInt32, _ passes: UInt32, _ lanes: UInt32) {
    self.memory = memory
    self.passes = passes
    self.lanes = lanes
  }

  /// The 32-byte key that a passphrase gives with a salt.
  package func key(passphrase: borrowing SecretBytes, salt: [UInt8]) throws(VaultError) -> SecretBytes {
    var key = [UInt8](repeating: 0, count: 32)
    let parameters = self
    let status = passphrase.withBytes { passphrase in
      unsafe passphrase.withUnsafeBytes { passphrase in
        unsafe salt.withUnsafeBytes { salt in
          unsafe key.withUnsafeMutableBytes { key in
            unsafe argon2id_hash_raw(
              parameters.passes, parameters.memory, parameters.lanes, passphrase.baseAddress, passphrase.count,
              salt.baseAddress, salt.count, key.baseAddress, key.count)
          }
        }
      }
    }
    guard status == ARGON2_OK.rawValue else { throw VaultError(.malformed, number: Int64(status)) }
    return SecretBytes(taking: &key)
  }
}
