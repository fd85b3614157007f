import Bytes
package import Ciphers

/// The entry up to which a log was exported, kept by the one who exports it continuously.
package struct ExportCursor: Hashable, Sendable {
  /// The name of the log.
  package let origin: String
  /// The index of the last entry that was looked at.
  package let index: UInt64
  /// Its hash in the Merkle tree.
  package let leaf: Digest

  /// A cursor.
  package init(origin: String, index: UInt64, leaf: Digest) {
    self.origin = origin
    self.index = index
    self.leaf = leaf
  }

  /// The cursor as a line of JSON.
  package var bytes: [UInt8] {
    let members: JSONValue = [
      "origin": .string(origin), "index": .number(String(index)), "leaf": .string(leaf.description),
    ]
    return members.bytes + [0x0A]
  }

  /// The cursor that `bytes` spell; nil when they spell none.
  package init?(_ bytes: [UInt8]) {
    guard let value = try? JSONValue(parsing: bytes), let origin = value["origin"]?.string,
      case .number(let digits)? = value["index"], let index = UInt64(digits),
      let leaf = value["leaf"]?.string.flatMap(Digest.init(hexadecimal:))
    else { return nil }
    self.init(origin: origin, index: index, leaf: leaf)
  }
}
