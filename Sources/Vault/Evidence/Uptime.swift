import CMachine
import Glibc

/// For how long the machine has run, as the kernel says it.
///
/// Setting the clock does not move it, nor does a library that answers for the clock of one process or a time namespace:
/// then the machine says nothing. Some containers have a file of their own over `boot_id`, as anybody may mount one: how
/// long the machine has run is told all the same, and of which run is not believed.
package struct Uptime: Hashable, Sendable {
  /// Which start of the machine it counts from; `unknown` where that is not to be believed.
  let boot: String
  /// How many seconds, with those in which it slept.
  let seconds: Int64

  init(boot: String, seconds: Int64) {
    self.boot = boot
    self.seconds = seconds
  }

  /// The machine's; nil where it does not say, and for a process in a time namespace (time_namespaces(7)), whose uptime
  /// is what somebody has set.
  package static func now() -> Uptime? {
    guard let offsets = text("self/timens_offsets", unlessThere: ""),
      offsets.split(whereSeparator: \.isWhitespace).allSatisfy({ Int64($0).map { $0 == 0 } ?? true })
    else { return nil }
    let seconds = cordon_seconds_since_boot()
    let boot = text("sys/kernel/random/boot_id").map { $0.filter { !$0.isWhitespace } } ?? unknown
    return seconds < 0 ? nil : Uptime(boot: boot, seconds: seconds)
  }

  private static let unknown = "-"

  /// Whether both may count from the same start of the machine.
  func mayBeOfTheRun(of other: Uptime) -> Bool {
    boot == other.boot || boot == Uptime.unknown || other.boot == Uptime.unknown
  }

  /// What a file of the kernel's says; `absence` where the kernel has none, nil where it is not the kernel's.
  private static func text(_ path: String, unlessThere absence: String? = nil) -> String? {
    var bytes = [CChar](repeating: 0, count: 512)
    let count = unsafe bytes.withUnsafeMutableBufferPointer { buffer in
      unsafe cordon_read_kernel_file(path, buffer.baseAddress, buffer.count)
    }
    guard count >= 0 else { return errno == ENOENT ? absence : nil }
    return count == 0 ? nil : String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

extension Uptime: LosslessStringConvertible {
  /// The seconds and the start, as they are stored.
  package var description: String { "\(seconds) \(boot)" }

  /// What was stored; nil for any other text.
  package init?(_ text: String) {
    let parts = text.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, let seconds = Int64(parts[0]) else { return nil }
    self.init(boot: String(parts[1]), seconds: seconds)
  }
}
