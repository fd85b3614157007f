/// A clause that a business associate agreement must have, as 45 CFR stood on 2026-11-21.
package enum RequiredClause: String, CaseIterable, Hashable, Sendable {
  /// What the vendor may and must use the text for.
  case uses
  /// No other use or disclosure.
  case noOtherUse = "no_other_use"
  /// Safeguards, and the Security Rule for what is electronic.
  case safeguards
  /// Reports of uses that were not agreed, and of breaches.
  case report
  /// Subcontractors agree to the same.
  case subcontractors
  /// Access for the people whom it is about.
  case access
  /// Amendments.
  case amend
  /// What an accounting of disclosures needs.
  case accounting
  /// The rules of what it does on the organisation's behalf.
  case delegated
  /// Books open to the Secretary.
  case books
  /// Return or destruction at the end.
  case `return`
  /// Termination for a violation.
  case terminate
  /// Compliance with Subpart C.
  case securityCompliance = "sec_comply"
  /// Subcontractors comply with Subpart C.
  case securitySubcontractors = "sec_sub"
  /// Reports of security incidents.
  case securityReport = "sec_report"

  /// The paragraph of 45 CFR that requires it.
  package var paragraph: String {
    switch self {
    case .uses: "164.504(e)(2)(i)"
    case .noOtherUse: "164.504(e)(2)(ii)(A)"
    case .safeguards: "164.504(e)(2)(ii)(B)"
    case .report: "164.504(e)(2)(ii)(C)"
    case .subcontractors: "164.504(e)(2)(ii)(D)"
    case .access: "164.504(e)(2)(ii)(E)"
    case .amend: "164.504(e)(2)(ii)(F)"
    case .accounting: "164.504(e)(2)(ii)(G)"
    case .delegated: "164.504(e)(2)(ii)(H)"
    case .books: "164.504(e)(2)(ii)(I)"
    case .return: "164.504(e)(2)(ii)(J)"
    case .terminate: "164.504(e)(2)(iii)"
    case .securityCompliance: "164.314(a)(2)(i)(A)"
    case .securitySubcontractors: "164.314(a)(2)(i)(B)"
    case .securityReport: "164.314(a)(2)(i)(C)"
    }
  }
}
