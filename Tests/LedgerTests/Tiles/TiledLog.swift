import Ciphers
import Foundation
import Ledger
import TestKit

/// A log of random length entries, and its tiles by their definition.
struct TiledLog: ~Copyable {
  let log: TemporaryLog
  private(set) var entries: [[UInt8]]
  var tree: MerkleReference

  init(entries count: Int) async throws {
    let log = try TemporaryLog()
    var limits = AuditLog.Limits()
    limits.segmentLength = 1 << 20
    limits.waitingEntries = 1 << 20
    let ledger = try log.open(limits: limits)
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<count {
        group.addTask {
          var entry = TemporaryLog.entry(number)
          entry.event = .requestRefused
          _ = try? await ledger.append(entry)
        }
      }
    }
    try await ledger.close()
    try self.init(log)
  }

  /// A closed log.
  init(_ log: consuming TemporaryLog) throws {
    entries = try TiledLog.entries(of: log.data)
    self.log = log
    tree = MerkleReference(entries.map { MerkleTree.leaf($0.span) })
  }

  private static func entries(of data: String) throws -> [[UInt8]] {
    var entries: [[UInt8]] = []
    var reader = try EntryReader(data: data)
    while let entry = try reader.next() { entries.append(entry.json) }
    return entries
  }

  /// Whether the tiles of all entries that the log has now are in their places.
  mutating func hasItsTiles() throws -> Bool {
    entries = try TiledLog.entries(of: log.data)
    tree = MerkleReference(entries.map { MerkleTree.leaf($0.span) })
    let files = try TiledLog.files(in: log.path(""))
    return tiles(entries.count).allSatisfy { files[$0.key] == $0.value }
  }

  mutating func checkpoint(_ size: Int) -> Checkpoint {
    Checkpoint(origin: "o", size: UInt64(size), root: tree.root(0..<size))
  }

  /// The tiles of the tree of `size` leaves, by path.
  mutating func tiles(_ size: Int) -> [String: [UInt8]] {
    var tiles: [String: [UInt8]] = [:]
    for level in 0...2 {
      let span = 1 << (8 * level)
      for start in stride(from: 0, to: size / span, by: 256) {
        let width = min(256, size / span - start)
        var bytes: [UInt8] = []
        for place in start..<start + width { bytes += tree.root(place * span..<(place + 1) * span).bytes }
        tiles[Tile(.hashes(level: level), index: UInt64(start / 256), width: width).path] = bytes
        guard level == 0 else { continue }
        tiles[Tile(.entries, index: UInt64(start / 256), width: width).path] = entries[start..<start + width]
          .flatMap { [UInt8($0.count >> 8), UInt8($0.count & 0xFF)] + $0 }
      }
    }
    return tiles
  }

  /// What is in the folder, by path.
  static func files(in folder: String) throws -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    for name in FileManager.default.enumerator(atPath: folder) ?? FileManager.DirectoryEnumerator() {
      let url = URL(filePath: "\(folder)/\(name)")
      guard let name = name as? String, name.hasPrefix("tile/"),
        try url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true
      else { continue }
      files[name] = Array(try Data(contentsOf: url))
    }
    return files
  }
}
