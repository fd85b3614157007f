/// The codes of some of the rows, each with the code of all that the row says.
struct KeptList {
  private static let entryLength = KeptCode.byteCount + RowCodes.byteCount

  private(set) var bytes: [UInt8]

  /// One of nothing.
  init() { bytes = [] }

  init?(_ bytes: some Collection<UInt8>) {
    guard bytes.count.isMultiple(of: KeptList.entryLength) else { return nil }
    self.bytes = Array(bytes)
  }

  /// How many rows it has.
  var count: Int { bytes.count / KeptList.entryLength }

  /// The codes in it, and what their rows have to say.
  var marks: [(code: KeptCode, mark: [UInt8])] {
    stride(from: 0, to: bytes.count, by: KeptList.entryLength).map { place in
      let middle = place + KeptCode.byteCount
      return (KeptCode(bytes: Array(bytes[place..<middle])), Array(bytes[middle..<place + KeptList.entryLength]))
    }
  }

  /// What the row of a code has to say; nil when there should be none.
  func mark(of code: KeptCode) -> [UInt8]? {
    place(of: code).map { Array(bytes[$0 + KeptCode.byteCount..<$0 + KeptList.entryLength]) }
  }

  /// Has the row of a code say this, or not be there.
  mutating func set(_ mark: [UInt8]?, of code: KeptCode) {
    if let place = place(of: code) { bytes.removeSubrange(place..<place + KeptList.entryLength) }
    if let mark { append(code, saying: mark) }
  }

  /// Adds a code that is not in it.
  mutating func append(_ code: KeptCode, saying mark: [UInt8]) { bytes += code.bytes + mark }

  /// Adds all of another that has none of its codes.
  mutating func append(_ other: KeptList) { bytes += other.bytes }

  private func place(of code: KeptCode) -> Int? {
    stride(from: 0, to: bytes.count, by: KeptList.entryLength).first { place in
      bytes[place..<place + KeptCode.byteCount].elementsEqual(code.bytes)
    }
  }
}
