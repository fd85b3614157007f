import Glibc

extension [UInt64] {
  /// Overwrites every word with zero, in a way that the optimiser may not remove.
  ///
  /// It reaches this array's storage only: a copy made earlier keeps its words.
  mutating func wipe() {
    unsafe withUnsafeMutableBytes { raw in
      if let start = raw.baseAddress { unsafe explicit_bzero(start, raw.count) }
    }
  }
}
