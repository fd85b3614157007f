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
