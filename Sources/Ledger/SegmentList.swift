/// The segments of a log, by the index of their first entries.
struct SegmentList {
  private static let suffix = ".seg"
  // As many digits as 2^64 - 1 has, so that a listing by name is in order.
  private static let digits = 20

  let directory: Directory
  private(set) var firsts: [UInt64]

  /// The segments in `directory`; files with other names are no segments.
  init(in directory: Directory) throws(LedgerError) {
    self.directory = directory
    firsts = try directory.names().compactMap(SegmentList.first(of:)).sorted()
  }

  /// The segments of a log that has some.
  static func notEmpty(in log: LogDirectory) throws(LedgerError) -> SegmentList {
    let list = try SegmentList(in: log.segments)
    guard !list.firsts.isEmpty else { throw LedgerError(.missing) }
    return list
  }

  /// The path of the segment that begins with the entry `first`.
  func path(_ first: UInt64) -> String { directory.file(SegmentList.name(first)) }

  /// The name of the segment that begins with the entry `first`.
  static func name(_ first: UInt64) -> String {
    let number = String(first)
    return String(repeating: "0", count: digits - number.count) + number + suffix
  }

  /// The first entry of the segment of this name; nil when it is the name of none.
  static func first(of name: String) -> UInt64? {
    guard name.hasSuffix(suffix), let first = UInt64(name.dropLast(suffix.count)),
      first < UInt64(Int.max), self.name(first) == name
    else {
      return nil
    }
    return first
  }
}
