import Deidentification
import Detection
import PHI

/// What finds the identifiers of requests.
struct RequestDetection: Sendable {
  /// What finds identifiers without asking any other reader: answers are searched by it.
  let ownScanner: Scanner
  private let scanner: Scanner
  /// Reads what `scanner` is not sure enough of; nil when nothing is escalated.
  private let escalation: Scanner?
  private let floor: ConfidenceFloor

  /// Why a request stops here.
  enum Stop: Error {
    /// A reader that was to be asked failed: what it would have found is not known.
    case failed(SecondOpinionFailure)
    /// So many findings of these kinds are below this confidence.
    case belowFloor(IdentifierCounts, Confidence)
  }

  init(site: SiteLists?, readers: Readers, floor: ConfidenceFloor) {
    precondition(floor.action != .escalate || readers.escalated != nil, "what is escalated needs a reader")
    let plain = Scanner().listing(site)
    ownScanner = plain
    scanner = plain.asking(readers.asked)
    let hasReadAll = readers.asked?.reach == .everything
    escalation = floor.action == .escalate && !hasReadAll ? plain.asking(readers.escalated) : nil
    self.floor = floor
  }

  /// The identifiers in the text of a request.
  func findings(in text: [UInt8], knowing known: KnownIdentifiers?) throws(Stop) -> [Finding] {
    let findings = try findings(in: text, by: scanner.knowing(known))
    var below = IdentifierCounts()
    for finding in findings where finding.confidence < floor.confidence { below[finding.identifier] += 1 }
    guard below.total > 0 else { return findings }
    switch floor.action {
    case .redact: return findings
    case .block: throw .belowFloor(below, floor.confidence)
    case .escalate:
      guard let escalation else { return findings }
      return try self.findings(in: text, by: escalation.knowing(known))
    }
  }

  private func findings(in text: [UInt8], by scanner: Scanner) throws(Stop) -> [Finding] {
    var memory = DocumentMemory()
    do throws(SecondOpinionFailure) {
      return try scanner.findingsOrFailure(in: text, remembering: &memory)
    } catch {
      throw .failed(error)
    }
  }
}

extension Refusal {
  /// What a request is refused by that stops at detection.
  init(_ stop: RequestDetection.Stop) {
    switch stop {
    case .failed(let failure): self.init(.detectionUnavailable, "\(failure)")
    case .belowFloor(let counts, let confidence):
      let kinds = counts.present.map { "\($0.identifier) \($0.count)" }.joined(separator: ", ")
      let fact = "\(counts.total) found with less than \(confidence.percent) % confidence: \(kinds)"
      self.init(.lowConfidence, fact, identifiers: counts)
    }
  }
}
