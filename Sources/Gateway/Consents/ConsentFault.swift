/// Why something is no record for the register of consents: each thing that is wrong, by its place, and by the paragraph of
/// 45 CFR that asks for it; never a value.
package struct ConsentFault: Error, Hashable, Sendable {
  /// What is wrong, in the order in which it was found; there is at least one.
  package private(set) var reasons: [String]

  init(_ reasons: [String]) { self.reasons = reasons }

  /// One thing at one place.
  package init(_ path: String, _ reason: String) { reasons = ["`\(path)`: \(reason)"] }
}

extension ConsentFault: CustomStringConvertible {
  /// All of it in one line.
  package var description: String { reasons.joined(separator: "; ") }
}
