/// Whether somebody waits for the answer of a request: who does goes before who does not.
package enum Priority: String, CaseIterable, Hashable, Sendable {
  // INVARIANT: the first goes first.
  /// Somebody waits, such as a clinician with a patient.
  case interactive
  /// Nobody does.
  case batch

  /// The header by which a request says so of itself.
  static let header = "x-cordon-priority"

  /// The lower of two.
  func lowered(to other: Priority?) -> Priority { other == .batch ? .batch : self }
}

extension UseCase {
  /// Reads the priority of its requests.
  static func priority(_ node: ConfigurationNode) throws(ConfigurationError) -> Priority {
    guard let priority = Priority(rawValue: try node.text()) else {
      throw node.error(.wrongForm(expected: "`interactive` or `batch`"))
    }
    return priority
  }
}
