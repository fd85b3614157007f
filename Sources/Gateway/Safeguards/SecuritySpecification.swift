/// An implementation specification of the Security Rule, as 45 CFR stood on 2026-11-21 (164 Subpart C, Appendix A).
package struct SecuritySpecification: Hashable, Sendable {
  /// Where it stands, such as `164.312(a)(2)(iv)`.
  package let paragraph: String
  /// The standard that it belongs to.
  package let standard: String
  /// What it is called; a standard without specifications stands for itself.
  package let name: String
  /// Whether it has to be assessed, and an alternative may take its place (164.306(d)(3)).
  package let isAddressable: Bool

  /// The paragraph as a name that the log takes, such as `164.312-a-2-iv`.
  package var slug: String {
    paragraph.reduce(into: "") { slug, character in
      switch character {
      case "(": slug += "-"
      case ")": break
      default: slug.append(character)
      }
    }
  }

  /// The specification at a paragraph; nil when there is none.
  package static func at(_ paragraph: String) -> SecuritySpecification? { all.first { $0.paragraph == paragraph } }

  /// The 20 that are required and the 22 that are addressable, in the order of the rule.
  package static let all: [SecuritySpecification] = [
    required("164.308(a)(1)(ii)(A)", "Security management process", "Risk analysis"),
    required("164.308(a)(1)(ii)(B)", "Security management process", "Risk management"),
    required("164.308(a)(1)(ii)(C)", "Security management process", "Sanction policy"),
    required("164.308(a)(1)(ii)(D)", "Security management process", "Information system activity review"),
    required("164.308(a)(2)", "Assigned security responsibility", "Assigned security responsibility"),
    addressable("164.308(a)(3)(ii)(A)", "Workforce security", "Authorization and/or supervision"),
    addressable("164.308(a)(3)(ii)(B)", "Workforce security", "Workforce clearance procedure"),
    addressable("164.308(a)(3)(ii)(C)", "Workforce security", "Termination procedures"),
    required("164.308(a)(4)(ii)(A)", "Information access management", "Isolating health care clearinghouse functions"),
    addressable("164.308(a)(4)(ii)(B)", "Information access management", "Access authorization"),
    addressable("164.308(a)(4)(ii)(C)", "Information access management", "Access establishment and modification"),
    addressable("164.308(a)(5)(ii)(A)", "Security awareness and training", "Security reminders"),
    addressable("164.308(a)(5)(ii)(B)", "Security awareness and training", "Protection from malicious software"),
    addressable("164.308(a)(5)(ii)(C)", "Security awareness and training", "Log-in monitoring"),
    addressable("164.308(a)(5)(ii)(D)", "Security awareness and training", "Password management"),
    required("164.308(a)(6)(ii)", "Security incident procedures", "Response and reporting"),
    required("164.308(a)(7)(ii)(A)", "Contingency plan", "Data backup plan"),
    required("164.308(a)(7)(ii)(B)", "Contingency plan", "Disaster recovery plan"),
    required("164.308(a)(7)(ii)(C)", "Contingency plan", "Emergency mode operation plan"),
    addressable("164.308(a)(7)(ii)(D)", "Contingency plan", "Testing and revision procedures"),
    addressable("164.308(a)(7)(ii)(E)", "Contingency plan", "Applications and data criticality analysis"),
    required("164.308(a)(8)", "Evaluation", "Evaluation"),
    required(
      "164.308(b)(3)", "Business associate contracts and other arrangements",
      "Written contract or other arrangement"),
    addressable("164.310(a)(2)(i)", "Facility access controls", "Contingency operations"),
    addressable("164.310(a)(2)(ii)", "Facility access controls", "Facility security plan"),
    addressable("164.310(a)(2)(iii)", "Facility access controls", "Access control and validation procedures"),
    addressable("164.310(a)(2)(iv)", "Facility access controls", "Maintenance records"),
    required("164.310(b)", "Workstation use", "Workstation use"),
    required("164.310(c)", "Workstation security", "Workstation security"),
    required("164.310(d)(2)(i)", "Device and media controls", "Disposal"),
    required("164.310(d)(2)(ii)", "Device and media controls", "Media re-use"),
    addressable("164.310(d)(2)(iii)", "Device and media controls", "Accountability"),
    addressable("164.310(d)(2)(iv)", "Device and media controls", "Data backup and storage"),
    required("164.312(a)(2)(i)", "Access control", "Unique user identification"),
    required("164.312(a)(2)(ii)", "Access control", "Emergency access procedure"),
    addressable("164.312(a)(2)(iii)", "Access control", "Automatic logoff"),
    addressable("164.312(a)(2)(iv)", "Access control", "Encryption and decryption"),
    required("164.312(b)", "Audit controls", "Audit controls"),
    addressable("164.312(c)(2)", "Integrity", "Mechanism to authenticate ePHI"),
    required("164.312(d)", "Person or entity authentication", "Person or entity authentication"),
    addressable("164.312(e)(2)(i)", "Transmission security", "Integrity controls"),
    addressable("164.312(e)(2)(ii)", "Transmission security", "Encryption"),
  ]

  private static func required(_ paragraph: String, _ standard: String, _ name: String) -> SecuritySpecification {
    SecuritySpecification(paragraph: paragraph, standard: standard, name: name, isAddressable: false)
  }

  private static func addressable(_ paragraph: String, _ standard: String, _ name: String) -> SecuritySpecification {
    SecuritySpecification(paragraph: paragraph, standard: standard, name: name, isAddressable: true)
  }
}

/// Which law a record of safeguards is held against.
package enum SafeguardRules: String, CaseIterable, Sendable {
  /// The rule in force: 22 specifications are addressable (45 CFR 164.306(d)).
  case inForce = "in-force"
  /// The proposal of 2025, under which every specification is required but for narrow exceptions (90 FR 898).
  case proposed2025 = "nprm-2025"

  /// Whether an alternative may take the place of a specification.
  package func isAddressable(_ specification: SecuritySpecification) -> Bool {
    self == .inForce && specification.isAddressable
  }
}
