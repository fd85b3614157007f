import Glibc
import Synchronization

/// A bar with rate and time left on standard error, when that is a terminal.
final class ProgressBar: Sendable {
  private let total: Int?
  private let isShown: Bool
  private let start = ContinuousClock.now
  private let done = Atomic(0)
  private let drawn = Mutex(ContinuousClock.now)

  /// A bar over `documents`; without a share done when the size of one is not known.
  init(over documents: [Document]) {
    let sizes = documents.map(\.size)
    total = sizes.contains(nil) ? nil : sizes.reduce(0) { $0 + ($1 ?? 0) }
    isShown = isatty(STDERR_FILENO) == 1
  }

  /// Counts `bytes` as done.
  func advance(by bytes: Int) {
    guard isShown else { return }
    let count = done.add(bytes, ordering: .relaxed).newValue
    let isDue = drawn.withLockIfAvailable { last in
      guard ContinuousClock.now - last > .milliseconds(100) else { return false }
      last = .now
      return true
    }
    if isDue == true { show("\r\(line(count))\u{1B}[K") }
  }

  /// Clears the line.
  func finish() { if isShown { show("\r\u{1B}[K") } }

  private func show(_ text: String) {
    let bytes = Array(text.utf8)
    _ = unsafe bytes.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  private func line(_ count: Int) -> String {
    let seconds = max(0.001, (ContinuousClock.now - start) / .seconds(1))
    let rate = Double(count) / seconds
    let speed = "\(Int(rate / 1e5) / 10).\(Int(rate / 1e5) % 10) MB/s"
    guard let total, total > 0 else { return "\(count / 1_000_000) MB  \(speed)" }
    let share = min(1, Double(count) / Double(total))
    let filled = Int(share * 30)
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
    let left = Int(Double(max(0, total - count)) / max(1, rate))
    return "\(bar) \(Int(share * 100)) %  \(speed)  \(left / 60):\(left % 60 < 10 ? "0" : "")\(left % 60) left"
  }
}
