import Bytes

/// Reads an archive that comes in portions, and refuses everything that Cordon does not write.
struct ArchiveReader {
  /// What an archive is made of.
  enum Piece: Equatable {
    case file(ArchiveHeader)
    case content([UInt8])
    case endOfFile
  }

  private enum State {
    case header
    case content(left: UInt64, padding: Int)
    case padding(Int)
    case end(Int)
  }

  private var state = State.header
  private var block: [UInt8] = []
  private var names: Set<ArchiveName> = []

  /// Takes in more bytes, and hands what they hold to `body`.
  mutating func read(_ bytes: [UInt8], _ body: (Piece) throws -> Void) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      switch state {
      case .header:
        guard let block = fill(from: &rest) else { return }
        try begin(block, body)
      case .content(let left, let padding):
        let piece = rest.prefix(Int(min(left, UInt64(rest.count))))
        rest = rest.dropFirst(piece.count)
        try body(.content(Array(piece)))
        state = .content(left: left - UInt64(piece.count), padding: padding)
        if left == piece.count { try endFile(padding, body) }
      case .padding(let left):
        let piece = rest.prefix(left)
        rest = rest.dropFirst(piece.count)
        guard piece.allSatisfy({ $0 == 0 }) else { throw BackupError(.malformed) }
        state = left == piece.count ? .header : .padding(left - piece.count)
      case .end(let blocks):
        guard let block = fill(from: &rest) else { return }
        guard block.allSatisfy({ $0 == 0 }), blocks < ArchiveWriter.endBlocks else { throw BackupError(.malformed) }
        state = .end(blocks + 1)
      }
    }
  }

  /// Throws unless the archive was whole.
  func finish() throws(BackupError) {
    guard case .end(ArchiveWriter.endBlocks) = state, block.isEmpty else { throw BackupError(.malformed) }
  }

  private mutating func begin(_ block: [UInt8], _ body: (Piece) throws -> Void) throws {
    guard !block.allSatisfy({ $0 == 0 }) else {
      state = .end(1)
      return
    }
    guard let header = ArchiveHeader(block), names.insert(header.name).inserted else { throw BackupError(.malformed) }
    try body(.file(header))
    let padding = ArchiveHeader.padding(after: header.size)
    state = .content(left: header.size, padding: padding)
    if header.size == 0 { try endFile(padding, body) }
  }

  private mutating func endFile(_ padding: Int, _ body: (Piece) throws -> Void) throws {
    try body(.endOfFile)
    state = padding == 0 ? .header : .padding(padding)
  }

  /// A whole block; nil while it has not come.
  private mutating func fill(from rest: inout ArraySlice<UInt8>) -> [UInt8]? {
    let piece = rest.prefix(ArchiveHeader.byteCount - block.count)
    rest = rest.dropFirst(piece.count)
    block += piece
    guard block.count == ArchiveHeader.byteCount else { return nil }
    defer { block.removeAll(keepingCapacity: true) }
    return block
  }
}
