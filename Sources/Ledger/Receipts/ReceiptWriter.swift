/// Makes the receipts of a log's entries.
package struct ReceiptWriter: Sendable {
  private let note: SignedNote
  private var tiles: TileReader

  /// The checkpoint that the receipts prove entries against.
  package var checkpoint: Checkpoint { tiles.checkpoint }

  /// Makes receipts for entries of the log of a data directory, up to the entry `index` at least.
  ///
  /// The checkpoint that witnesses cosigned is preferred; the published one is taken where that one is too old.
  package init(data: String, key: VerifierKey, covering index: UInt64 = 0) throws(LedgerError) {
    let log = LogDirectory(data: data)
    let cosigned = try log.note(LogDirectory.cosigned, signedBy: key)
    let candidates = [cosigned, try log.note(LogDirectory.checkpoint, signedBy: key)].compactMap(\.self)
    guard !candidates.isEmpty else { throw LedgerError(.missing) }
    guard let (note, checkpoint) = candidates.first(where: { $0.checkpoint.size > index }) else {
      throw LedgerError(.uncovered(index + 1))
    }
    self.note = note
    tiles = try TileReader(data: data, at: checkpoint)
  }

  /// The receipt of the entry `index`.
  package mutating func receipt(of index: UInt64) throws(LedgerError) -> Receipt {
    Receipt(index: index, proof: try tiles.inclusion(of: index, in: tiles.checkpoint.size), note: note)
  }

  /// The bytes of the entry `index`.
  package mutating func entry(_ index: UInt64) throws(LedgerError) -> [UInt8] { try tiles.entry(index) }
}
