import Glibc

extension [UInt8] {
  /// Overwrites every byte with zero, in a way that the optimiser may not remove, and empties the array.
  ///
  /// It reaches this array's storage only: a copy made earlier keeps its bytes.
  package mutating func wipe() {
    unsafe withUnsafeMutableBytes { unsafe $0.wipe() }
    removeAll(keepingCapacity: false)
  }
}

extension UnsafeMutableRawBufferPointer {
  /// Overwrites every byte with zero, in a way that the optimiser may not remove.
  @unsafe func wipe() {
    if let start = baseAddress { unsafe explicit_bzero(start, count) }
  }
}
