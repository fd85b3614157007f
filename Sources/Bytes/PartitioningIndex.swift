extension RandomAccessCollection where Index == Int {
  /// The first index whose element `belongs`, when all that do stand after all that do not; the end when none does.
  ///
  /// It looks at as many elements as the count has binary digits.
  @inlinable
  public func partitioningIndex(where belongs: (Element) -> Bool) -> Int {
    var (low, high) = (startIndex, endIndex)
    while low < high {
      let middle = low + (high - low) / 2
      if belongs(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
