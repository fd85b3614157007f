import Ciphers
import Glibc

/// An end that a crash may leave and that no opening cuts off: of the batch that was being written, the disk has the
/// seal but not all before it.
///
/// Disks write blocks in any order. It looks the same when an acknowledged batch is damaged that no checkpoint covers
/// yet, and so only somebody who knows that the machine went down can tell.
struct TornEnd {
  /// The segment.
  let path: String
  /// How many bytes follow the last seal before which everything is there.
  let bytes: UInt64
  /// Where the seal begins that closes the file.
  let seal: UInt64
  /// How many entries are sealed before it.
  let size: UInt64

  /// The torn end of a log; nil when it has none.
  init?(of log: LogDirectory, signedBy key: VerifierKey) throws(LedgerError) {
    guard case .success(let checkpoint) = try log.checkpoint(signedBy: key),
      case .success(let cosigned) = try log.cosignedCheckpoint(signedBy: key)
    else { return nil }
    let list = try SegmentList(in: log.segments)
    guard let first = list.firsts.last, var reader = try SegmentReader(list.path(first)),
      let head = try reader.head(), head.seal.size == first, head.seal.isSigned(by: key)
    else { return nil }
    var replay = Replay(after: head.seal)
    var end = reader.offset
    while let record = try reader.next() {
      guard reader.withBody(of: record, { replay.follow(record, $0) }) == nil else { return nil }
      if record.kind == .seal { end = reader.offset }
    }
    let signed = max(checkpoint.size, cosigned?.size ?? 0)
    guard replay.seal.size >= signed, replay.seal.isSigned(by: key) else { return nil }

    var seals: [(size: UInt64, end: UInt64)] = []
    while try reader.resynchronise() != nil {
      while let record = try reader.next() {
        if record.kind == .seal { seals.append((record.sequence, reader.offset)) }
      }
    }
    let length = try reader.size()
    guard seals.count == 1, seals[0].end == length, seals[0].size > replay.seal.size else { return nil }
    path = list.path(first)
    bytes = length - end
    seal = length - UInt64(Record.headLength + Signature.byteCount)
    size = replay.seal.size
  }
}

extension AuditLog {
  /// Makes the torn end of a log, if it has one, an unfinished batch; how many bytes that has, nil when there is none.
  ///
  /// The next opening cuts it off and records how much. Call it only where the machine is known to have gone down
  /// while the batch was written: see `TornEnd`.
  package static func cutTornEnd(data: String, key: VerifierKey) throws(LedgerError) -> UInt64? {
    let log = LogDirectory(data: data)
    guard try !log.isEmpty() else { throw LedgerError(.missing) }
    let lock = try File(opening: log.root.file(LogDirectory.lock), O_RDWR | O_CREAT)
    guard try lock.lock() else { throw LedgerError(.inUse) }
    defer { lock.unlock() }
    guard let end = try TornEnd(of: log, signedBy: key) else { return nil }
    let file = try File(opening: end.path, O_WRONLY)
    try file.truncate(to: end.seal)
    try file.synchronise()
    return end.bytes
  }
}
