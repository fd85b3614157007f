package import PHI

extension Profile {
  /// Removes the eighteen identifiers of 45 CFR 164.514(b)(2)(i), and keeps what the paragraph lets stay.
  package static func safeHarbor(asOf reference: CalendarDate) -> Profile {
    Profile(.safeHarbor, asOf: reference, safeHarborMethod)
  }

  static func safeHarborMethod(_ identifier: Identifier) -> Method {
    switch identifier {
    case .date: .year
    case .ageOver89: .ageOver89
    case .zipCode: .zipPrefix
    case .name, .street, .city, .county, .facility, .organization, .phone, .fax, .email, .socialSecurityNumber,
      .medicalRecordNumber, .healthPlanNumber, .accountNumber, .licenseNumber, .vehicle, .device, .url, .ipAddress,
      .biometric, .photograph, .otherNumber, .uniqueDescription:
      .placeholder
    }
  }
}
