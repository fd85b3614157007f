import Detection
import PHI

/// What one detector finds in `text`, each as `KIND text`.
func found(_ text: String, by detectors: any Detector...) -> [String] {
  let bytes = Array(text.utf8)
  return Scanner(detectors: detectors).findings(in: bytes).map { finding in
    "\(finding.identifier) \(String(decoding: bytes[finding.range], as: UTF8.self))"
  }
}

/// `marked` without its marks `⟦⟧`, then marked again by what `detectors` find of the kinds `identifiers`.
///
/// A case of a test is a text with its findings marked; the detector is right when the text comes back equal.
func remarked(_ marked: String, by detectors: [any Detector], only identifiers: Set<Identifier>? = nil) -> String {
  let text = marked.filter { $0 != "⟦" && $0 != "⟧" }
  let bytes = Array(text.utf8)
  var output: [UInt8] = []
  var end = 0
  for finding in Scanner(detectors: detectors).findings(in: bytes)
  where identifiers?.contains(finding.identifier) ?? true {
    output += bytes[end..<finding.range.lowerBound]
    output += Array("⟦".utf8) + bytes[finding.range] + Array("⟧".utf8)
    end = finding.range.upperBound
  }
  return String(decoding: output + bytes[end...], as: UTF8.self)
}

/// The detectors of structured identifiers.
let structuredDetectors: [any Detector] = standardDetectors(keeping: .safeHarbor).filter { !($0 is NamesAndPlaces) }
