import Detection
import PHI

/// `marked` without its marks `⟦⟧`, then marked again by what a scanner without rules finds that knows `json`.
func remarked(_ marked: String, knowing json: String) throws -> String {
  remarked(marked, by: Scanner(detectors: []).knowing(try KnownIdentifiers(parsing: Array(json.utf8))))
}

/// `marked` without its marks `⟦⟧`, then marked again by what `scanner` finds.
func remarked(_ marked: String, by scanner: Scanner) -> String {
  let bytes = Array(marked.filter { $0 != "⟦" && $0 != "⟧" }.utf8)
  var output: [UInt8] = []
  var end = 0
  for finding in scanner.findings(in: bytes) {
    output += bytes[end..<finding.range.lowerBound]
    output += Array("⟦".utf8) + bytes[finding.range] + Array("⟧".utf8)
    end = finding.range.upperBound
  }
  return String(decoding: output + bytes[end...], as: UTF8.self)
}
