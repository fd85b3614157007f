package import PHI

/// A named way to de-identify: which transform each kind of identifier gets, and by which tables.
package struct Profile: Sendable {
  /// The name of a profile in commands and reports.
  package enum Name: String, CaseIterable, Sendable {
    /// All eighteen identifiers removed as 45 CFR 164.514(b)(2) asks.
    case safeHarbor = "safe-harbor"
    /// For screens inside the covered entity: still protected health information.
    case internalDisplay = "internal-display"
  }

  /// Its name.
  package let name: Name
  /// The version of the rule that it follows.
  package let rule: SafeHarborRule
  /// The census table that it reads.
  package let zipPrefixes: ZipPrefixTable
  /// The day as of which ages are reckoned.
  package let reference: CalendarDate
  private var transforms: [any Transform]

  init(_ name: Name, rule: SafeHarborRule, zipPrefixes: ZipPrefixTable, asOf reference: CalendarDate) {
    self.name = name
    self.rule = rule
    self.zipPrefixes = zipPrefixes
    self.reference = reference
    transforms = Identifier.allCases.map { identifier in
      switch identifier {
      case .date: YearOfDate(rule: rule, asOf: reference)
      case .ageOver89: AgeCategory(rule: rule)
      case .zipCode: ZipPrefix(rule: rule, table: zipPrefixes)
      case .name, .street, .city, .county, .facility, .organization, .phone, .fax, .email, .socialSecurityNumber,
        .medicalRecordNumber, .healthPlanNumber, .accountNumber, .licenseNumber, .vehicle, .device, .url, .ipAddress,
        .biometric, .photograph, .otherNumber, .uniqueDescription:
        Placeholder()
      }
    }
  }

  /// The transform that a kind of identifier gets.
  package func transform(for identifier: Identifier) -> any Transform { transforms[Int(identifier.rawValue)] }

  /// This profile with a mask for some kinds of identifiers, or why it cannot have it.
  package func masking(_ identifiers: IdentifierSet, with mask: Mask) -> Amendment {
    if name == .safeHarbor, mask.style.showsPart {
      return .refused(
        ProfileRefusal(
          rule: "45 CFR 164.514(b)(2)(i)", reason: "a part of an identifier is derived from it",
          remedy: "use a mask that shows nothing, or the profile `\(Name.internalDisplay.rawValue)`"))
    }
    var amended = self
    for identifier in Identifier.allCases where identifiers.contains(identifier) {
      amended.transforms[Int(identifier.rawValue)] = mask
    }
    return .accepted(amended)
  }

  /// What becomes of a wish to change a profile.
  package enum Amendment: Sendable {
    /// The profile as wished.
    case accepted(Profile)
    /// Why not.
    case refused(ProfileRefusal)
  }
}

/// Why a profile does not allow a transform.
package struct ProfileRefusal: Hashable, Sendable {
  /// The paragraph that forbids it.
  package let rule: String
  /// The fact that the paragraph is about.
  package let reason: String
  /// What would be allowed.
  package let remedy: String
}
