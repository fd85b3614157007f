import Detection
import PHI

/// What one detector finds in `text`, each as `KIND text`.
func found(_ text: String, by detectors: any Detector...) -> [String] {
  let bytes = Array(text.utf8)
  return Scanner(detectors: detectors).findings(in: bytes).map { finding in
    "\(finding.identifier) \(String(decoding: bytes[finding.range], as: UTF8.self))"
  }
}
