import Foundation
import Gateway
import Ledger
import Testing

extension TestBench {
  /// Takes an access away as the command does without a passphrase, of which the log has nothing.
  func remove(_ id: String) throws {
    let removal = RemovedGrants.Removal(
      by: "alice", because: "INC-7", proposal: nil, at: Timestamp(milliseconds: 1_795_230_604_123))
    _ = try RemovedGrants.remove(try #require(ConfiguredName(id)), removal, data: data)
  }

  /// Gives it back as the command does: the log has it first.
  func restore(_ id: String) async throws {
    var entry = Entry(.grantRestored, at: try #require(Timestamp("2026-06-01")))
    entry.object = ConfiguredName(id)
    _ = try await ledger.append(entry)
    try unlist(id)
  }

  /// Takes it out of the file, of which the log has nothing.
  func unlist(_ id: String) throws {
    _ = try RemovedGrants.restore(try #require(ConfiguredName(id)), data: data)
  }

  /// Changes a byte in the middle of what the log has, or changes the one at `place` back; says which.
  @discardableResult
  func turnByteOfLog(at place: Int? = nil) throws -> Int {
    let names = try FileManager.default.subpathsOfDirectory(atPath: "\(data)/log").filter { $0.hasSuffix(".seg") }
    let path = "\(data)/log/\(try #require(names.min()))"
    let whole = try #require(FileManager.default.contents(atPath: path))
    let end = try #require(whole.lastIndex { $0 != 0 })
    let place = place ?? end / 3
    let file = try FileHandle(forUpdating: URL(filePath: path))
    try file.seek(toOffset: UInt64(place))
    try file.write(contentsOf: [whole[place] ^ 1])
    try file.close()
    return place
  }

  /// Puts something in the place of what was removed, or takes it away.
  func setRemovals(_ content: String?) throws {
    let path = "\(data)/\(RemovedGrants.file)"
    if let content {
      try content.write(toFile: path, atomically: true, encoding: .utf8)
    } else {
      try FileManager.default.removeItem(atPath: path)
    }
  }
}
