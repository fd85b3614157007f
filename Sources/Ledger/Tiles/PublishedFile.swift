/// A file of a log that anybody may read: the newest checkpoint, or a tile.
package struct PublishedFile: Hashable, Sendable {
  /// Its bytes.
  package let bytes: [UInt8]
  /// Its media type, as C2SP `tlog-tiles` has it.
  package let contentType: String
  /// Whether it will never change.
  package let isImmutable: Bool

  /// The file at `path` below the root of the log of a data directory; nil when there is none, or nothing of the kind.
  ///
  /// A path is read as the name of a tile and written again, so no path leads anywhere else.
  package init?(at path: String, data: String) throws(LedgerError) {
    let root = LogDirectory(data: data).root
    if path == LogDirectory.checkpoint {
      guard let bytes = try root.content(of: LogDirectory.checkpoint) else { return nil }
      self.bytes = bytes
      contentType = "text/plain; charset=utf-8"
      isImmutable = false
    } else {
      guard let tile = Tile(path: path), let bytes = try TileFolder(in: root).bytes(of: tile) else { return nil }
      self.bytes = bytes
      contentType = "application/octet-stream"
      isImmutable = true
    }
  }
}
