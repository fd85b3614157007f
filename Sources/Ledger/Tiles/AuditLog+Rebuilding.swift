import Glibc

extension AuditLog {
  /// Derives all tiles of the log of a data directory anew, and proves that they have the root that was signed.
  ///
  /// The old tiles stay until the new ones are whole. Nobody else may have the log open.
  package static func rebuildTiles(data: String, key: VerifierKey) throws(LedgerError) -> Checkpoint {
    let log = LogDirectory(data: data)
    guard try !log.isEmpty() else { throw LedgerError(.missing) }
    let lock = try File(opening: log.root.file(LogDirectory.lock), O_RDWR | O_CREAT)
    guard try lock.lock() else { throw LedgerError(.inUse) }
    let checkpoint: Checkpoint
    switch try log.checkpoint(signedBy: key) {
    case .success(let found): checkpoint = found
    case .failure(let fault): throw .damaged(fault)
    }

    let place = log.root.directory("rebuilding")
    try TileFolder.removeTree(place)
    try place.create()
    var writer = try TileWriter(log, in: TileFolder(in: place), after: 0)
    try writer.update(to: checkpoint)

    let mark = TileMark(in: log.root)
    try mark.clear()
    try move(log.root.file("tile"), to: place.file("old"))
    try move(place.file("tile"), to: log.root.file("tile"))
    try TileFolder.removeTree(place)
    try mark.move(to: checkpoint.size)
    return checkpoint
  }

  private static func move(_ path: String, to other: String) throws(LedgerError) {
    // A log without entries has no tiles.
    guard unsafe rename(path, other) != 0, errno != ENOENT else { return }
    throw .system(.rename)
  }
}
