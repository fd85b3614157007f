import Glibc

/// The time since the machine started, for which sleep counts, and which start that was.
package struct MachineClock: Sendable {
  /// What tells this start of the machine from others.
  package let start: String
  /// The milliseconds since then.
  package let now: @Sendable () -> Int64

  /// A clock.
  package init(start: String, now: @escaping @Sendable () -> Int64) {
    self.start = start
    self.now = now
  }

  /// The clock of this machine.
  package static func running() throws(StorageError) -> MachineClock {
    let descriptor = unsafe open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system() }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 36)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
    guard count == 36 else { throw StorageError(.mediumFailed) }
    return MachineClock(start: String(decoding: bytes, as: UTF8.self)) {
      var time = timespec()
      unsafe clock_gettime(CLOCK_BOOTTIME, &time)
      return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
  }
}

/// The duration in whole milliseconds, rounded down.
func milliseconds(_ duration: Duration) -> Int64 { Int64(duration / .milliseconds(1)) }
