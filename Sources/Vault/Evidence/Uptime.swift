/// For how long the machine has run, as the kernel's own files say it (proc(5)): setting the clock does not move it, nor
/// does a library that answers for the clock of one process.
package struct Uptime: Hashable, Sendable {
  /// Which start of the machine it counts from.
  let boot: String
  /// How many seconds, with those in which it slept.
  let seconds: Int64

  init(boot: String, seconds: Int64) {
    self.boot = boot
    self.seconds = seconds
  }

  /// The machine's; nil where it does not say.
  package static func now() -> Uptime? {
    guard let boot = text("/proc/sys/kernel/random/boot_id"), let time = text("/proc/uptime"),
      let whole = time.split(separator: ".").first.flatMap({ Int64($0) })
    else { return nil }
    return Uptime(boot: boot, seconds: whole)
  }

  private static func text(_ path: String) -> String? {
    guard let bytes = try? Folder.content(ofFileAt: path), !bytes.isEmpty else { return nil }
    return String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
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
