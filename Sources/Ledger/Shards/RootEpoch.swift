/// Which of the root logs that a data directory had, one after the other: the first has the number 0, and each time that
/// one is given up the next begins.
///
/// Whatever says where a root log stood names the epoch that it is about: what is said of an epoch that was given up
/// holds no more, and what is said of the present one always does.
package struct RootEpoch: Hashable, Comparable, Sendable, LosslessStringConvertible {
  /// The epoch of a root log before which none was given up.
  package static let first = RootEpoch(0)

  /// How many were given up before it.
  package let number: UInt32

  /// The epoch of this number.
  package init(_ number: UInt32) { self.number = number }

  /// The epoch that a decimal number is.
  package init?(_ text: String) {
    guard let number = UInt32(text), String(number) == text else { return nil }
    self.number = number
  }

  /// The one that begins when it is given up.
  package var next: RootEpoch { RootEpoch(number == .max ? .max : number + 1) }

  /// Its number.
  package var description: String { String(number) }

  /// Orders by number.
  package static func < (left: RootEpoch, right: RootEpoch) -> Bool { left.number < right.number }
}

/// A size of the root log with its epoch, as the object of an entry: `SIZE:EPOCH`.
struct RootPlace: Hashable {
  let size: UInt64
  /// Nil in an entry from before there were epochs, which has the size alone.
  let epoch: RootEpoch?

  init?(_ object: String) {
    let parts = object.split(separator: ":", omittingEmptySubsequences: false)
    guard let size = parts.first.flatMap({ UInt64($0) }), parts.count <= 2 else { return nil }
    self.size = size
    guard parts.count == 2 else {
      epoch = nil
      return
    }
    guard let epoch = RootEpoch(String(parts[1])) else { return nil }
    self.epoch = epoch
  }
}
