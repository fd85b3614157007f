/// Whom a key belongs to: a patient by a medical record number, a member of the workforce by an account.
///
/// It is personal: it is never stored in the clear, and has no description.
package struct SubjectReference: Hashable, Sendable {
  /// What is kept apart by retention and in counts.
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case patient
    case workforce
    case record
  }

  /// What it is.
  package let kind: Kind
  /// Its name in the system that it comes from, with that system: `http://hospital.example/mrn|12345`.
  package let identifier: String

  /// A subject.
  package init(_ kind: Kind, _ identifier: String) {
    self.kind = kind
    self.identifier = identifier
  }

  var text: String { "\(kind.rawValue):\(identifier)" }
}

extension SubjectReference: CustomStringConvertible, CustomReflectable {
  /// The kind; the identifier is personal.
  package var description: String { kind.rawValue }
  /// Nothing: a dump shows no identifier.
  package var customMirror: Mirror { Mirror(self, children: []) }
}
