import Bytes
internal import Crypto

extension KeyWrapping {
  /// How many bytes a key of 32 bytes has when wrapped by RFC 3394.
  package static let wrappedKeyByteCount = 32 + overhead

  /// Keys of 32 bytes, wrapped by RFC 3394 one after another, wrapped anew: unwrapped under `old`, wrapped under `new`.
  ///
  /// It works on `cores` parts at once. One key that is not authentic, and none is rewrapped.
  package static func rewrap(
    _ wrapped: [UInt8], from old: borrowing SecretBytes, to new: borrowing SecretBytes, cores: Int = 2
  ) async throws(CipherError) -> [UInt8] {
    guard isAESKey(old), isAESKey(new) else { throw CipherError(code: .invalidKey) }
    guard wrapped.count.isMultiple(of: wrappedKeyByteCount) else { throw CipherError(code: .notAuthentic) }
    let count = wrapped.count / wrappedKeyByteCount
    let share = max(1, (count + cores - 1) / max(1, cores))
    let (old, new) = (old.key, new.key)
    let parts = await withTaskGroup(of: (Int, [UInt8]?).self) { group in
      for start in stride(from: 0, to: count, by: share) {
        let range = start * wrappedKeyByteCount..<min(start + share, count) * wrappedKeyByteCount
        group.addTask { (start, rewrapped(wrapped[range], from: old, to: new)) }
      }
      return await group.reduce(into: [:]) { parts, part in parts[part.0] = part.1 }
    }
    var output: [UInt8] = []
    output.reserveCapacity(wrapped.count)
    for start in stride(from: 0, to: count, by: share) {
      guard let part = parts[start] else { throw CipherError(code: .notAuthentic) }
      output += part
    }
    return output
  }

  private static func rewrapped(
    _ wrapped: ArraySlice<UInt8>, from old: SymmetricKey, to new: SymmetricKey
  ) -> [UInt8]? {
    var output: [UInt8] = []
    output.reserveCapacity(wrapped.count)
    for start in stride(from: wrapped.startIndex, to: wrapped.endIndex, by: wrappedKeyByteCount) {
      guard let key = try? AES.KeyWrap.unwrap(wrapped[start..<start + wrappedKeyByteCount], using: old),
        let anew = try? AES.KeyWrap.wrap(key, using: new)
      else { return nil }
      output.append(contentsOf: anew)
    }
    return output
  }
}
