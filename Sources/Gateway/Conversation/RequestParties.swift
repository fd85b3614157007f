import Bytes
import Foundation

/// Whom a request is about, and the member of the workforce for whom it is made, in the caller's own words.
///
/// Both are personal: they go into sealed parts and keyed tags, never into an entry's own text, an error or a vendor's
/// request.
package struct RequestParties: Hashable, Sendable {
  /// The patient, by the identifier that the caller's system uses throughout, such as `Patient/4711`.
  package var patient: String?
  /// The member of the workforce.
  package var user: String?

  /// The sides that a use case can want to know.
  package enum Side: String, Hashable, Sendable, CaseIterable {
    case patient
    case user
  }

  private static let longest = 256

  /// Nobody in particular.
  static let none = RequestParties()

  private init() {}

  /// The parties that headers name.
  init(patient: String?, user: String?) throws(CallerStatementError) {
    self.patient = try patient.map { text throws(CallerStatementError) in
      try Self.reference(text, at: ModelCall.patientHeader)
    }
    self.user = try user.map { text throws(CallerStatementError) in try Self.reference(text, at: ModelCall.userHeader) }
  }

  /// Whether the request names this side.
  func names(_ side: Side) -> Bool {
    switch side {
    case .patient: patient != nil
    case .user: user != nil
    }
  }

  /// Takes in what the body names; where a header names somebody too, it must be the same one.
  mutating func add(patient: JSONValue?, user: JSONValue?) throws(CallerStatementError) {
    self.patient = try Self.agreed(self.patient, patient, at: "cordon.patient")
    self.user = try Self.agreed(self.user, user, at: "cordon.user")
  }

  private static func agreed(
    _ header: String?, _ member: JSONValue?, at path: String
  ) throws(CallerStatementError) -> String? {
    guard let member, member != .null else { return header }
    guard let text = member.string else { throw CallerStatementError(path, "must be text") }
    let reference = try reference(text, at: path)
    guard header == nil || header.map({ Array($0.utf8) }) == Array(reference.utf8) else {
      throw CallerStatementError(path, "must be what the header names")
    }
    return reference
  }

  private static func reference(_ text: String, at path: String) throws(CallerStatementError) -> String {
    guard let reference = reference(text) else {
      throw CallerStatementError(path, "must be 1 to \(longest) bytes without control characters")
    }
    return reference
  }

  /// The reference that a text spells, in one spelling: Unicode's composed form, without spaces around it; nil for one
  /// that is empty, longer than 256 bytes or cannot be seen whole.
  ///
  /// What two systems write alike must give one subject; what cannot be seen must not tell two apart.
  package static func reference(_ text: String) -> String? {
    let composed = text.precomposedStringWithCanonicalMapping.trimmingCharacters(in: .whitespaces)
    guard (1...longest).contains(composed.utf8.count), composed.unicodeScalars.allSatisfy(isVisible) else { return nil }
    return composed
  }

  private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: false
    // What decoding puts for bytes that are no UTF-8.
    default: scalar != "\u{FFFD}"
    }
  }
}
