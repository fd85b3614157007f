/// Sees when the disk has little room left: once, and again only after there was twice as much.
struct RoomWatch {
  private static let interval: Duration = .seconds(1)

  private let limits: AuditLog.Limits
  private var next = ContinuousClock.now
  private var isShort = false

  init(_ limits: AuditLog.Limits) { self.limits = limits }

  /// How many bytes are free on the disk of `file`, if that is too few and was not told yet.
  mutating func shortage(on file: borrowing File) throws(LedgerError) -> UInt64? {
    let now = ContinuousClock.now
    guard now >= next else { return nil }
    next = now + RoomWatch.interval
    return shortage(try file.room())
  }

  /// How many bytes are free, if that is too few and was not told yet.
  mutating func shortage(_ room: File.Room) -> UInt64? {
    let least = min(limits.freeBytes, room.all / 100 * limits.freePercent)
    if isShort { isShort = room.free < 2 * least }
    guard !isShort, room.free < least else { return nil }
    isShort = true
    return room.free
  }
}
