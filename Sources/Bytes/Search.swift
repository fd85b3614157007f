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
}
