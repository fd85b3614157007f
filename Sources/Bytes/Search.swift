extension Span<UInt8> {
  /// The first place at or after `start` that holds `byte`; nil when none does.
  public func firstIndex(of byte: UInt8, from start: Int = 0) -> Int? {
    var place = start
    while place + 64 <= count {
      let found = Block(self, at: place).equal(to: byte)
      if found != 0 { return place + found.trailingZeroBitCount }
      place += 64
    }
    while place < count {
      if self[place] == byte { return place }
      place += 1
    }
    return nil
  }

  /// The first place at or after `start` that holds one of two bytes; nil when none does.
  public func firstIndex(of byte: UInt8, or other: UInt8, from start: Int = 0) -> Int? {
    var place = start
    while place + 64 <= count {
      let found = Block(self, at: place).equal(to: byte, or: other)
      if found != 0 { return place + found.trailingZeroBitCount }
      place += 64
    }
    let ones: UInt64 = 0x0101_0101_0101_0101
    let raw = unsafe bytes
    while place + 8 <= count {
      let word = unsafe UInt64(littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: place, as: UInt64.self))
      let one = word ^ (ones &* UInt64(byte))
      let two = word ^ (ones &* UInt64(other))
      // A borrow can only put a false mark above a true one, and the lowest mark is the one that is used.
      let marks = ((one &- ones) & ~one | (two &- ones) & ~two) & (ones &* 0x80)
      if marks != 0 { return place + marks.trailingZeroBitCount / 8 }
      place += 8
    }
    while place < count {
      if self[place] == byte || self[place] == other { return place }
      place += 1
    }
    return nil
  }
}
