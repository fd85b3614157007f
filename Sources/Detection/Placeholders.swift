import PHI

extension [Finding] {
  /// These findings but for placeholders such as `[STREET]`, which stand where identifiers were.
  func droppingPlaceholders(on page: borrowing Page) -> [Finding] {
    let bytes = page.bytes
    return filter { finding in
      var range = finding.range
      if bytes[range.lowerBound] == 0x5B { range = range.lowerBound + 1..<range.upperBound }
      if !range.isEmpty, bytes[range.upperBound - 1] == 0x5D { range = range.lowerBound..<range.upperBound - 1 }
      guard range.lowerBound > 0, bytes[range.lowerBound - 1] == 0x5B, range.upperBound < bytes.count,
        bytes[range.upperBound] == 0x5D
      else { return true }
      return !placeholderLabels.contains([UInt8](bytes[range]))
    }
  }
}

private let placeholderLabels = Set(Identifier.allCases.map { Array($0.label.utf8) })
