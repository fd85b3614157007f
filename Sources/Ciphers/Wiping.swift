import Glibc

extension [UInt8] {
  /// Overwrites every byte with zero, in a way that the optimiser may not remove, and empties the array.
  ///
  /// It reaches this array's storage only: a copy made earlier keeps its bytes.
  package mutating func wipe() {
    unsafe withUnsafeMutableBytes { bytes in
      if let start = bytes.baseAddress { unsafe explicit_bzero(start, bytes.count) }
    }
    removeAll(keepingCapacity: false)
  }
}
