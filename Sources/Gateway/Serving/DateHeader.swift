import Ledger
import PHI
import Synchronization

/// The value of `Date` headers (RFC 9110, section 5.6.7), written once a second.
final class DateHeader: Sendable {
  private let written = Mutex<(second: Int64, text: String)>((.min, ""))

  private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// A moment as headers write it.
  func text(at time: Timestamp) -> String {
    let second = max(0, time.milliseconds) / 1_000
    return written.withLock { written in
      if written.second != second { written = (second, DateHeader.text(second)) }
      return written.text
    }
  }

  private static func text(_ second: Int64) -> String {
    let date = CalendarDate(secondsSinceEpoch: second)
    // 1 January 1970 was a Thursday.
    let (day, ofDay) = second.quotientAndRemainder(dividingBy: 86_400)
    func two(_ number: some BinaryInteger) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let time = [ofDay / 3_600, ofDay / 60 % 60, ofDay % 60].map { two($0) }.joined(separator: ":")
    return "\(days[Int(day % 7)]), \(two(date.day)) \(months[date.month - 1]) \(date.year) \(time) GMT"
  }
}
