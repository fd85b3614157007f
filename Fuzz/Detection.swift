import Detection
import PHI

private let scanner = Scanner()

/// Looks for identifiers in any text; nothing may trap, and what is found is in order, apart, and made of whole characters.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let text = Array(String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self).utf8)
  var end = 0
  for finding in scanner.findings(in: text) {
    guard finding.range.lowerBound >= end, finding.range.upperBound <= text.count, !finding.range.isEmpty,
      String(validating: text[finding.range], as: UTF8.self) != nil
    else { fatalError("no range of the text") }
    end = finding.range.upperBound
  }
  return 0
}
