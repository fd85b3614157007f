/// Makes the receipts of a log's entries.
package struct ReceiptWriter: Sendable {
  private let note: SignedNote
  private var tiles: TileReader

  /// The checkpoint that the receipts prove entries against.
  package var checkpoint: Checkpoint { tiles.checkpoint }

  /// Makes receipts for entries of the log of a data directory, up to the entry `index` at least.
  ///
  /// The checkpoint that witnesses cosigned is preferred; the published one is taken where that one is too old, or where
  /// its tiles are missing.
  package init(data: String, key: VerifierKey, covering index: UInt64 = 0) throws(LedgerError) {
    let log = LogDirectory(data: data)
    let cosigned = try log.note(LogDirectory.cosigned, signedBy: key)
    let published = try log.note(LogDirectory.checkpoint, signedBy: key)
    guard cosigned != nil || published != nil else { throw LedgerError(.missing) }
    if let cosigned, cosigned.checkpoint.size > index,
      let tiles = try ReceiptWriter.tiles(data, at: cosigned.checkpoint, orElse: published?.checkpoint)
    {
      note = cosigned.note
      self.tiles = tiles
    } else if let published, published.checkpoint.size > index {
      note = published.note
      tiles = try TileReader(data: data, at: published.checkpoint)
    } else {
      throw LedgerError(.uncovered(index + 1))
    }
  }

  /// The tiles at `checkpoint`; nil when they are not all there, and `other` is at least as large.
  private static func tiles(
    _ data: String, at checkpoint: Checkpoint, orElse other: Checkpoint?
  ) throws(LedgerError) -> TileReader? {
    do throws(LedgerError) {
      return try TileReader(data: data, at: checkpoint)
    } catch {
      guard case .tile = error.code, let other, other.size >= checkpoint.size else { throw error }
      return nil
    }
  }

  /// The receipt of the entry `index`.
  package mutating func receipt(of index: UInt64) throws(LedgerError) -> Receipt {
    Receipt(index: index, proof: try tiles.inclusion(of: index, in: tiles.checkpoint.size), note: note)
  }

  /// The bytes of the entry `index`.
  package mutating func entry(_ index: UInt64) throws(LedgerError) -> [UInt8] { try tiles.entry(index) }
}
