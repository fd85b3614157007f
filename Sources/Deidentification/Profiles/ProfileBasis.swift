package import PHI

/// What allows a profile to keep more than Safe Harbor does.
package enum ProfileBasis: Hashable, Sendable {
  /// Nothing needed.
  case none
  /// A data use agreement, and the purpose under it.
  case agreement(DataUseAgreement, Purpose)
  /// An expert's determination.
  case determination(ExpertDetermination)
}

/// A data use agreement by its id (45 CFR 164.514(e)(4)).
package struct DataUseAgreement: Hashable, Sendable {
  /// The id under which it is kept.
  package let id: String

  /// The agreement with this id; nil unless it is 1 to 64 letters, digits, `-`, `_`, `.` or `/`.
  package init?(_ id: String) {
    guard ReferenceName.isValid(id) else { return nil }
    self.id = id
  }
}

/// What a data set is for, as far as the rule for limited data sets tells purposes apart.
package enum Purpose: String, CaseIterable, Sendable {
  case research
  case publicHealth = "public-health"
  case healthCareOperations = "health-care-operations"
  case treatment
  case payment
  case marketing
  case sale
  case other

  /// Whether 45 CFR 164.514(e)(3) allows a limited data set for it.
  package var allowsLimitedDataSet: Bool {
    switch self {
    case .research, .publicHealth, .healthCareOperations: true
    case .treatment, .payment, .marketing, .sale, .other: false
    }
  }
}

/// An expert's determination that the risk of re-identification is very small (45 CFR 164.514(b)(1)).
package struct ExpertDetermination: Hashable, Sendable {
  /// The id under which its methods and results are documented.
  package let id: String
  /// The last day on which it holds.
  package let expires: CalendarDate

  /// The determination with this id; nil unless the id is 1 to 64 letters, digits, `-`, `_`, `.` or `/`.
  package init?(_ id: String, expires: CalendarDate) {
    guard ReferenceName.isValid(id) else { return nil }
    self.id = id
    self.expires = expires
  }
}

/// Ids of papers that are kept elsewhere: they go into reports as they are, so that they must be plain.
private enum ReferenceName {
  static func isValid(_ id: String) -> Bool {
    (1...64).contains(id.utf8.count)
      && id.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
          || [0x2D, 0x2E, 0x2F, 0x5F].contains(byte)
      }
  }
}
