extension AuditLog {
  /// How large things may grow, and from where on they are recorded.
  package struct Limits: Hashable, Sendable {
    /// The length in bytes after which the next batch begins a new segment.
    package var segmentLength: UInt64 = 64 << 20
    /// How many entries may wait to be written before further ones are refused.
    package var waitingEntries = 4096
    /// How many bytes may wait to be written before further entries are refused.
    package var waitingBytes = 64 << 20
    /// How old the published checkpoint may get while entries are added.
    package var checkpointInterval: Duration = .milliseconds(100)
    /// How much older than that it may get before further entries wait for it.
    package var checkpointLag: Duration = .seconds(5)
    /// How far the times of entries may go back, or ahead of the time that has passed, before that is recorded.
    package var clockStep: Duration = .seconds(30)
    /// How many bytes have to be free on the disk, else that is recorded.
    package var freeBytes: UInt64 = 1 << 30
    /// How many in a hundred bytes have to be free, where that is less than `freeBytes`.
    package var freePercent: UInt64 = 5

    /// The usual limits.
    package init() {}
  }
}
