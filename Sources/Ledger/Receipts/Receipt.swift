import Bytes
package import Ciphers

/// The proof that an entry is in a log, complete in itself, as C2SP `tlog-proof` writes it.
///
///     c2sp.org/tlog-proof@v1
///     extra <base64>                         if there is any
///     index <index>
///     <hash in base64>                       leaf side first, a line each
///
///     <the checkpoint with its signatures>
///
/// With the bytes of the entry and the verifier key of the log it is checked without the log.
package struct Receipt: Hashable, Sendable {
  private static let header = Array("c2sp.org/tlog-proof@v1".utf8)
  // A path in a tree of 2^64 leaves.
  private static let longestProof = 64

  /// What somebody wrote beside the proof; it is not proved.
  package var extra: [UInt8]?
  /// The index of the entry.
  package var index: UInt64
  /// The hashes beside the path from the leaf to the root.
  package var proof: [Digest]
  /// The checkpoint, with the log's signature and those of witnesses.
  package var note: SignedNote

  /// A receipt.
  package init(extra: [UInt8]? = nil, index: UInt64, proof: [Digest], note: SignedNote) {
    self.extra = extra
    self.index = index
    self.proof = proof
    self.note = note
  }

  /// The receipt as text.
  package var bytes: [UInt8] {
    var text = String(decoding: Receipt.header, as: UTF8.self) + "\n"
    if let extra { text += "extra \(Base64.encode(extra))\n" }
    text += "index \(index)\n"
    for hash in proof { text += "\(Base64.encode(hash.bytes))\n" }
    return Array(text.utf8) + [0x0A] + note.bytes
  }

  /// The receipt that `bytes` are; nil when they are none, or are spelled otherwise than receipts are.
  package init?(parsing bytes: [UInt8]) {
    // The first empty line: nothing before it is empty.
    guard let blank = bytes.indices.dropLast().first(where: { bytes[$0] == 0x0A && bytes[$0 + 1] == 0x0A }),
      let note = SignedNote(parsing: Array(bytes[(blank + 2)...])), note.bytes == Array(bytes[(blank + 2)...])
    else { return nil }
    var lines = bytes[..<blank].split(separator: 0x0A, omittingEmptySubsequences: false)[...]
    guard let header = lines.popFirst(), Array(header) == Receipt.header else { return nil }
    extra = nil
    if let value = Receipt.value("extra", of: lines.first) {
      guard let extra = Base64.decode(value) else { return nil }
      self.extra = extra
      lines.removeFirst()
    }
    guard let value = Receipt.value("index", of: lines.popFirst()), let index = UInt64(value),
      String(index) == value, lines.count <= Receipt.longestProof
    else { return nil }
    self.index = index
    proof = []
    for line in lines {
      guard let hash = Base64.decode(Array(line).span).flatMap({ Digest($0.span) }) else { return nil }
      proof.append(hash)
    }
    self.note = note
  }

  private static func value(_ name: String, of line: ArraySlice<UInt8>?) -> String? {
    guard let line, line.starts(with: Array("\(name) ".utf8)) else { return nil }
    return String(validating: line.dropFirst(name.utf8.count + 1), as: UTF8.self)
  }
}
