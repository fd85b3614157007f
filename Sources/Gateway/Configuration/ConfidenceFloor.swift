package import PHI

/// What becomes of a request in which something is found with less confidence than a site accepts.
package struct ConfidenceFloor: Hashable, Sendable {
  /// What is done about such a request.
  package enum Action: String, CaseIterable, Sendable {
    /// It goes on: what was found is replaced like everything else.
    case redact
    /// It is refused.
    case block
    /// The transformer reads all of it, and it goes on with what that adds.
    case escalate
  }

  /// The least confidence that asks for nothing more.
  package var confidence: Confidence
  /// What is done below it.
  package var action: Action

  /// A floor; without one, every request goes on.
  package init(_ confidence: Confidence = Confidence(percent: 0), action: Action = .redact) {
    self.confidence = confidence
    self.action = action
  }
}
