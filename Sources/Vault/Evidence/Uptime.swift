/// For how long the machine has run, as the kernel's own files say it (proc(5)).
///
/// Setting the clock does not move it, nor does a library that answers for the clock of one process. Who may mount files
/// over those of `/proc` does.
package struct Uptime: Hashable, Sendable {
  /// Which start of the machine it counts from.
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
    let offsets = (text("/proc/self/timens_offsets", line: nil) ?? "").split(whereSeparator: \.isWhitespace)
    guard offsets.allSatisfy({ Int64($0).map { $0 == 0 } ?? true }) else { return nil }
    guard let boot = text("/proc/sys/kernel/random/boot_id"), let time = text("/proc/uptime"),
      let whole = time.split(separator: ".").first.flatMap({ Int64($0) })
    else { return nil }
    return Uptime(boot: boot, seconds: whole)
  }

  /// What a file says, up to the end of its line.
  private static func text(_ path: String, line end: UInt8? = 0x0A) -> String? {
    guard let bytes = try? Folder.content(ofFileAt: path), !bytes.isEmpty else { return nil }
    return String(decoding: bytes.prefix { $0 != end }, as: UTF8.self)
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
