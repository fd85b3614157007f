import Foundation
import Ledger

extension TemporaryLog {
  /// Appends records to the last segment, as somebody can who may write to the directory.
  func forge(_ records: [UInt8]...) throws {
    guard let segment = try segments().last else { return }
    try write(try bytes(segment) + records.joined(), to: segment)
  }

  /// The indexes of the entries that can be read.
  func indexes(from start: UInt64 = 0) throws -> [UInt64] { try TemporaryLog.indexes(data, from: start) }

  static func indexes(_ data: String, from start: UInt64 = 0) throws -> [UInt64] {
    var reader = try EntryReader(data: data, from: start)
    var indexes: [UInt64] = []
    while let entry = try reader.next() { indexes.append(entry.index) }
    return indexes
  }
}
