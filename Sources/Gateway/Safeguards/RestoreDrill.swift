import Deidentification
package import Ledger
package import PHI

/// How long ago a backup was last proved, beside how long that may be (45 CFR 164.308(a)(7)(ii)(D)).
package struct RestoreDrill: Hashable, Sendable {
  /// The specification that it is evidence for.
  package static let paragraph = "164.308(a)(7)(ii)(D)"

  /// Why it is so; nil when a drill is young enough.
  package enum Lack: Hashable, Sendable {
    /// The log has none.
    case never
    /// The last one is so many days old.
    case tooOld(days: Int)
  }

  /// When the log says that a backup was proved, by a drill or by restoring it; nil when it never was.
  package let last: Timestamp?
  /// How many days that may be ago.
  package let days: Int
  /// What is missing; nil when nothing is.
  package let lack: Lack?

  /// The state on a day.
  package init(last: Timestamp?, within days: Int, on day: CalendarDate) {
    (self.last, self.days) = (last, days)
    guard let last else {
      lack = .never
      return
    }
    let age = day.dayNumber - CalendarDate(secondsSinceEpoch: last.milliseconds / 1_000).dayNumber
    lack = age > days ? .tooOld(days: age) : nil
  }

  /// Whether it is as the policy wants it, in the word of an auditor.
  package var state: String { lack == nil ? "satisfied" : "not-satisfied" }

  /// The state with its reason.
  package var description: String {
    let allowed = "at most \(days) days are allowed"
    return switch lack {
    case nil: "satisfied: a backup was proved at \(last.map { "\($0)" } ?? "")"
    case .never: "not-satisfied: the log has no restore drill, and \(allowed)"
    case .tooOld(let age): "not-satisfied: the last restore drill is \(age) days old, and \(allowed)"
    }
  }

  /// The last one in these logs, as their keys signed them, up to the end of a day.
  package static func last(in logs: [KeyedLog], by day: CalendarDate) throws(LedgerError) -> Timestamp? {
    let end = Timestamp(milliseconds: Int64(day.dayNumber + 1) * 86_400_000)
    var last: Timestamp?
    for log in logs {
      guard var reader = try log.reader() else { continue }
      while let entry = try reader.next() {
        let (event, time) = (entry.outline.event, entry.outline.time)
        guard event == .restoreDrilled || event == .restoreCompleted, time < end else { continue }
        last = max(last ?? time, time)
      }
    }
    return last
  }
}
