import Bytes
import Ciphers

/// What a key and everything that was made with it are told apart by: the digest of the public key, cut to 16 bytes.
package struct KeyID: Hashable, Sendable, CustomStringConvertible {
  static let byteCount = 16
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) {
    precondition(bytes.count == KeyID.byteCount, "the number of a key has 16 bytes")
    self.bytes = bytes
  }

  init(_ parameters: Parameters, seed: Seed, body: [UInt64]) {
    var hashing = Hashing()
    hashing.update(Array("cordon computation v1 key".utf8).span)
    var content: [UInt8] = []
    content.append(parameters.id)
    content += seed.bytes
    Packing.append(body, Ring.of(parameters), to: &content)
    hashing.update(content.span)
    bytes = Array(hashing.finish().bytes.prefix(KeyID.byteCount))
  }

  /// In hexadecimal.
  package var description: String { Hex.encode(bytes) }
}
