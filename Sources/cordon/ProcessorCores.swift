/// The processor cores that this process may run on.
enum ProcessorCores {
  /// How many there are; nil where the system does not say.
  static var allowed: Int? {
    guard let status = TextFile.contents(of: "/proc/self/status") else { return nil }
    return count(in: String(decoding: status, as: UTF8.self))
  }

  /// How many cores the mask in `/proc/self/status` (proc(5)) names: hexadecimal digits, in groups with commas between.
  static func count(in status: String) -> Int? {
    let line = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed:") }
    guard let mask = line?.dropFirst("Cpus_allowed:".count).filter({ $0.isHexDigit }) else { return nil }
    let count = mask.reduce(0) { $0 + ($1.hexDigitValue ?? 0).nonzeroBitCount }
    return count > 0 ? count : nil
  }
}
