import CPKCS11

/// A PKCS#11 module, loaded from a file while Cordon runs; nothing is linked with it.
///
/// Once loaded it stays until the process ends.
struct PKCS11Module: Sendable {
  private let address: UInt

  /// The module in the library at `path`.
  init(_ path: String) throws(VaultError) {
    var reason: Int32 = 0
    guard let table = unsafe cordon_p11_open(path, &reason) else {
      throw VaultError(reason == 1 ? .providerUnavailable : .providerAnswer, number: Int64(reason))
    }
    address = UInt(bitPattern: table)
  }

  /// The table of functions.
  ///
  /// INVARIANT: the library is never unloaded, and the address came from a table that it gave with no place empty.
  @unsafe var table: OpaquePointer {
    guard let table = unsafe OpaquePointer(bitPattern: address) else { preconditionFailure("the table exists") }
    return unsafe table
  }

  /// Starts the module for threads of the operating system.
  func start() throws(TokenFault) { try TokenFault.check(unsafe cordon_p11_initialize(table)) }

  /// Ends the module, whether or not it runs; no other call may be under way.
  func end() { _ = unsafe cordon_p11_finalize(table) }

  /// The slot of the token with this label and this serial number; an empty one fits every token.
  func slot(label: String, serial: String) throws(TokenFault) -> UInt {
    let (label, serial) = (Array(label.utf8), Array(serial.utf8))
    var slot: UInt = 0
    try TokenFault.check(
      unsafe cordon_p11_find_slot(table, label, label.count, serial, serial.count, &slot))
    return slot
  }

  /// Whether the token in `slot` can use `mechanism` for all of `uses`.
  func has(_ mechanism: UInt, for uses: UInt, in slot: UInt) throws(TokenFault) -> Bool {
    var flags: UInt = 0
    try TokenFault.check(unsafe cordon_p11_mechanism_flags(table, slot, mechanism, &flags))
    return flags & uses == uses
  }
}
