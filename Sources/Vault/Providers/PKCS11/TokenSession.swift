import Bytes
import CPKCS11
import Ciphers

/// What can be done in a session: the module's functions with values in and out.
struct TokenSession {
  let module: PKCS11Module
  let number: UInt

  /// The token's keys of one class with this label, whichever their id.
  func keys(_ kind: UInt, label: KeyID) throws(TokenFault) -> [UInt] {
    let label = Array(label.description.utf8)
    var keys = [UInt](repeating: 0, count: 1024)
    var count = 0
    try TokenFault.check(
      unsafe cordon_p11_find_keys(
        module.table, number, kind, label, label.count, &keys, keys.count, &count))
    return Array(keys.prefix(count))
  }

  /// An attribute that is bytes.
  func bytes(_ attribute: UInt, of object: UInt) throws(TokenFault) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 512)
    var count = bytes.count
    try TokenFault.check(
      unsafe cordon_p11_read_bytes(module.table, number, object, attribute, &bytes, &count))
    return Array(bytes.prefix(count))
  }

  /// An attribute that is true or false.
  func flag(_ attribute: UInt, of object: UInt) throws(TokenFault) -> Bool {
    var flag: Int32 = 0
    try TokenFault.check(unsafe cordon_p11_read_flag(module.table, number, object, attribute, &flag))
    return flag != 0
  }

  /// An attribute that is a number.
  func number(_ attribute: UInt, of object: UInt) throws(TokenFault) -> UInt {
    var value: UInt = 0
    try TokenFault.check(unsafe cordon_p11_read_number(module.table, number, object, attribute, &value))
    return value
  }

  /// Changes an attribute that is true or false.
  func set(_ attribute: UInt, of object: UInt, to flag: Bool) throws(TokenFault) {
    try TokenFault.check(unsafe cordon_p11_write_flag(module.table, number, object, attribute, flag ? 1 : 0))
  }

  /// Makes an AES key that cannot be read, to wrap with or to encrypt with.
  func generateKey(_ label: KeyID, id: [UInt8], wraps: Bool) throws(TokenFault) {
    let label = Array(label.description.utf8)
    var key: UInt = 0
    try TokenFault.check(
      unsafe cordon_p11_generate_aes(
        module.table, number, wraps ? 1 : 0, label, label.count, id, id.count, &key))
  }

  /// Makes a key pair for signatures whose private half cannot be read.
  func generatePair(_ label: KeyID, id: [UInt8], _ algorithm: KeySignature.Algorithm) throws(TokenFault) {
    let label = Array(label.description.utf8)
    var key: UInt = 0
    try TokenFault.check(
      unsafe cordon_p11_generate_pair(
        module.table, number, algorithm == .ed25519 ? 1 : 0, label, label.count, id, id.count, &key))
  }

  func destroy(_ object: UInt) throws(TokenFault) {
    try TokenFault.check(unsafe cordon_p11_destroy(module.table, number, object))
  }

  /// Random bytes of the token.
  func random(_ count: Int) throws(TokenFault) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    try TokenFault.check(unsafe cordon_p11_random(module.table, number, &bytes, bytes.count))
    return bytes
  }

  /// AES-GCM, its tag of 16 bytes at the end; the output is the caller's to wipe.
  func gcm(
    encrypts: Bool, _ key: UInt, nonce: [UInt8], associated: [UInt8], _ input: Span<UInt8>
  ) throws(TokenFault) -> [UInt8] {
    try unsafe output(input, unclear: encrypts ? .providerUnavailable : .notAuthentic) { input, length, out, room in
      unsafe cordon_p11_gcm(
        module.table, number, key, encrypts ? 1 : 0, nonce, nonce.count, associated, associated.count, input, length,
        out, room)
    }
  }

  /// AES key wrapping; the output is the caller's to wipe.
  func wrap(_ mechanism: UInt, _ key: UInt, _ input: Span<UInt8>) throws(TokenFault) -> [UInt8] {
    try unsafe output(input, unclear: .providerUnavailable) { input, length, out, room in
      unsafe cordon_p11_wrap(module.table, number, mechanism, key, input, length, out, room)
    }
  }

  /// The reverse of `wrap`.
  func unwrap(_ mechanism: UInt, _ key: UInt, _ input: Span<UInt8>) throws(TokenFault) -> [UInt8] {
    try unsafe output(input, unclear: .notAuthentic) { input, length, out, room in
      unsafe cordon_p11_unwrap(module.table, number, mechanism, key, input, length, out, room)
    }
  }

  /// A signature by a private key.
  func sign(_ mechanism: UInt, _ key: UInt, _ input: Span<UInt8>) throws(TokenFault) -> [UInt8] {
    try unsafe output(input, unclear: .providerUnavailable) { input, length, out, room in
      unsafe cordon_p11_sign(module.table, number, mechanism, key, input, length, out, room)
    }
  }

  @unsafe private func output(
    _ input: Span<UInt8>, unclear: VaultError.Code,
    _ call: (UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<Int>) -> UInt
  ) throws(TokenFault) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: input.count + 128)
    defer { output.wipe() }
    var count = output.count
    // INVARIANT: no module writes more than the room that it is told of.
    let status = unsafe input.withUnsafeBufferPointer { input in
      unsafe output.withUnsafeMutableBufferPointer { output in
        unsafe call(input.baseAddress, input.count, output.baseAddress, &count)
      }
    }
    try TokenFault.check(status, unclear: unclear)
    guard count <= output.count else { throw TokenFault(.providerAnswer) }
    return [UInt8](copying: output.span.extracting(0..<count))
  }
}
