import Ciphers

/// An entry as it will be written: its records in one piece, but for what only the writer knows.
struct Draft: Sendable {
  /// The records of the entry and its parts, without index and checksum.
  let records: [UInt8]
  /// How long the entry's JSON is, which begins after the first head.
  let leafLength: Int
  /// The hash of the entry in the Merkle tree.
  let leafHash: Digest
  /// When it happened.
  let time: Timestamp
  /// The parts that are too long for a record.
  let blobs: [SealedPart]

  /// An entry and its parts as they will be written; the entry's references must be those of `parts`.
  ///
  /// A function and not an initialiser: those take their arguments over, which copies an entry of forty members.
  static func of(_ entry: Entry, sealing parts: [SealedPart] = []) throws(LedgerError) -> Draft {
    guard entry.parts.count == parts.count, zip(entry.parts, parts).allSatisfy({ $0.names($1) }) else {
      throw LedgerError(.partsDisagree)
    }
    var room = Record.headLength + entry.longestJSON
    var blobs: [SealedPart] = []
    for part in parts {
      if part.bytes.count <= Record.longestBody {
        room += Record.headLength + part.bytes.count
      } else {
        blobs.append(part)
      }
    }
    var length = 0
    let records = LineBuffer.array(capacity: room) { output in
      Record.begin(.entry, into: &output)
      entry.write(into: &output)
      length = output.count - Record.headLength
      output.store(littleEndian: UInt16(truncatingIfNeeded: length), at: 4)
      for part in parts where part.bytes.count <= Record.longestBody {
        Record.begin(.part, length: part.bytes.count, into: &output)
        output.append(part.bytes)
      }
    }
    guard length <= Record.longestBody else { throw LedgerError(.entryTooLong) }
    let leaf = MerkleTree.leaf(records.span.extracting(Record.headLength..<Record.headLength + length))
    return Draft(records: records, leafLength: length, leafHash: leaf, time: entry.time, blobs: blobs)
  }

  /// Where the entry's JSON is.
  var leafRange: Range<Int> { Record.headLength..<Record.headLength + leafLength }

  /// How many bytes it holds on to.
  var weight: Int { blobs.reduce(records.count) { $0 + $1.bytes.count } }
}

extension PartReference {
  /// Whether `part` is what this refers to.
  fileprivate func names(_ part: SealedPart) -> Bool {
    digest == part.digest && commitment == part.commitment && length == part.bytes.count
  }
}
