import Bytes
import Ciphers
import Glibc

/// The folder that a log's tiles are in, by their paths.
struct TileFolder: Sendable {
  /// What holds the folder `tile`.
  let root: Directory
  /// Called before each change of the folder: the error number to fail with, or 0.
  private let failureOfChange: @Sendable () -> Int32

  /// The tiles below `root`.
  init(in root: Directory, failureOfChange: @escaping @Sendable () -> Int32 = { 0 }) {
    self.root = root
    self.failureOfChange = failureOfChange
  }

  /// The bytes of the tile; nil when it is missing.
  ///
  /// Of a partial tile that has given way to a wider or a full one, the bytes are the beginning of that. A file that
  /// has another number of hashes or entries than its name says is none: a crash can leave a name without its content.
  func bytes(of tile: Tile) throws(LedgerError) -> [UInt8]? {
    if let bytes = try content(of: tile) { return bytes }
    guard !tile.isFull else { return nil }
    if let bytes = try content(of: tile.whole) { return tile.beginning(of: bytes) }
    let widths = try root.directory(tile.partialFolder).names().compactMap { Int($0) }.sorted()
    for width in widths where width > tile.width && width < Tile.fullWidth {
      if let bytes = try content(of: Tile(tile.kind, index: tile.index, width: width)) {
        return tile.beginning(of: bytes)
      }
    }
    return nil
  }

  /// Puts `bytes` in the place of the tile, so that a reader finds all of them or none.
  ///
  /// They are not made durable here: what a crash loses is derived again (see `TileMark`).
  func write(_ bytes: [UInt8], as tile: Tile) throws(LedgerError) {
    try mayChange()
    let path = root.file(tile.path)
    let temporary = "\(path).new"
    let flags = O_WRONLY | O_CREAT | O_TRUNC
    let first = try File(temporary, flags, mode: 0o644)
    if let first {
      try first.write(bytes.span)
    } else {
      try makeFolders(of: tile.path)
      try File(opening: temporary, flags, mode: 0o644).write(bytes.span)
    }
    try mayChange()
    guard unsafe rename(temporary, path) == 0 else { throw .system(.rename) }
  }

  /// Removes the partial tiles whose place a full one has taken.
  func removePartials(of tile: Tile) throws(LedgerError) {
    let folder = root.directory(tile.partialFolder)
    let names = try folder.names()
    for name in names {
      try mayChange()
      try folder.remove(name)
    }
    if !names.isEmpty { try TileFolder.removeFolder(folder.path) }
  }

  /// Removes the partial tiles in the place of this one, which is kept and gives the bytes of all narrower ones.
  func removePartials(besides tile: Tile) throws(LedgerError) {
    let folder = root.directory(tile.partialFolder)
    for name in try folder.names() where name != String(tile.width) {
      try mayChange()
      try folder.remove(name)
    }
  }

  /// Removes all tiles.
  func removeAll() throws(LedgerError) { try TileFolder.removeTree(root.directory("tile")) }

  /// Removes a folder and everything in it; nothing happens when it is not there.
  static func removeTree(_ folder: Directory) throws(LedgerError) {
    for name in try folder.names() {
      if unsafe unlink(folder.file(name)) != 0 {
        guard errno == EISDIR || errno == EPERM else { throw .system(.create) }
        try removeTree(folder.directory(name))
      }
    }
    try removeFolder(folder.path)
  }

  private static func removeFolder(_ path: String) throws(LedgerError) {
    guard unsafe rmdir(path) != 0, errno != ENOENT else { return }
    throw .system(.create)
  }

  private func mayChange() throws(LedgerError) {
    let number = failureOfChange()
    guard number == 0 else { throw LedgerError(.system(.write), number: number) }
  }

  private func makeFolders(of path: String) throws(LedgerError) {
    var folder = root
    for part in path.split(separator: "/").dropLast() {
      folder = folder.directory(String(part))
      try folder.create()
    }
  }

  private func content(of tile: Tile) throws(LedgerError) -> [UInt8]? {
    guard let bytes = try content(tile.path), tile.isWhole(bytes) else { return nil }
    return bytes
  }

  private func content(_ path: String) throws(LedgerError) -> [UInt8]? {
    guard let file = try File(root.file(path), O_RDONLY) else { return nil }
    // A bundle of 256 of the longest entries has under 17 MB; a longer file is none.
    let size = try file.status().size
    guard size <= UInt64(Tile.fullWidth * (Record.longestBody + 2)) else { return [] }
    var content = [UInt8](repeating: 0, count: Int(size))
    var end = 0
    while end < content.count {
      let count = try file.read(content.count - end, at: UInt64(end), into: &content, at: end)
      if count == 0 { return Array(content.prefix(end)) }
      end += count
    }
    return content
  }
}

extension Tile {
  /// Whether `bytes` are as many hashes or entries as the tile has.
  fileprivate func isWhole(_ bytes: [UInt8]) -> Bool {
    guard case .hashes = kind else { return EntryBundle.places(in: bytes.span)?.count == width }
    return bytes.count == width * Digest.byteCount
  }

  /// The bytes of this tile, which a wider one in its place begins with.
  fileprivate func beginning(of bytes: [UInt8]) -> [UInt8]? {
    guard case .hashes = kind else { return EntryBundle.beginning(of: bytes, width: width) }
    return Array(bytes.prefix(width * Digest.byteCount))
  }
}
