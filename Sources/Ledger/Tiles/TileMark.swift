import Bytes
import Glibc

/// How many entries a log's tiles are known to be on stable storage for, in the file `tiles.durable`.
///
/// Tiles are written without `fsync`: two files for each 256 entries would compete with the batches for the disk. Once
/// a minute, and at the end, the file system is synchronised as a whole, which its kernel does about as often by
/// itself, and the mark is moved. After a crash the tiles beyond the mark are taken for lost and written again: a name
/// may have become durable without its content.
struct TileMark {
  static let name = "tiles.durable"

  private let root: Directory

  /// The mark of the log in `root`.
  init(in root: Directory) { self.root = root }

  /// The number of entries; 0 when there is no mark.
  func size() throws(LedgerError) -> UInt64 {
    guard let text = try root.content(of: TileMark.name), text.last == 0x0A else { return 0 }
    return UInt64(String(decoding: text.dropLast(), as: UTF8.self)) ?? 0
  }

  /// Makes everything written so far durable, and moves the mark to `size`.
  func move(to size: UInt64) throws(LedgerError) {
    do {
      let folder = try File(opening: root.path, O_RDONLY | O_DIRECTORY)
      try folder.synchroniseFileSystem()
    }
    let text = Array("\(size)\n".utf8)
    try root.replace(TileMark.name, with: text.span, mode: 0o644)
  }

  /// Forgets the mark, before tiles are removed.
  func clear() throws(LedgerError) {
    guard try File.status(of: root.file(TileMark.name)) != nil else { return }
    try root.remove(TileMark.name)
    try root.synchronise()
  }
}

extension File {
  /// Returns when everything written to the file's file system is on stable storage.
  fileprivate func synchroniseFileSystem() throws(LedgerError) {
    // The C library declares `syncfs` to those only who ask for all of GNU's functions, which no Swift module does.
    typealias SyncFS = @convention(c) (Int32) -> Int32
    guard let symbol = unsafe dlsym(nil, "syncfs") else { return sync() }
    let syncfs = unsafe unsafeBitCast(symbol, to: SyncFS.self)
    guard syncfs(descriptor) == 0 else { throw .system(.synchronise) }
  }
}
