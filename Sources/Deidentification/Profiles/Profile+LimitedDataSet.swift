package import PHI

extension Profile {
  /// Removes the sixteen direct identifiers of 45 CFR 164.514(e)(2), and keeps dates, ages, towns, states and ZIP codes.
  ///
  /// The paragraph speaks of names of the individual and of relatives, employers and household members, and of postal
  /// address information other than town or city, state and ZIP code. Detection cannot tell an employer from another
  /// organization, nor a record number from another number, so that organizations, facilities, other numbers and
  /// descriptions that fit one person only are removed as well. A county is no part of the address that may stay.
  package static func limitedDataSet(
    under agreement: DataUseAgreement?, for purpose: Purpose?, asOf reference: CalendarDate
  ) -> Amendment {
    guard let agreement else {
      return .refused(
        ProfileRefusal(
          rule: "45 CFR 164.514(e)(4)", reason: "a limited data set needs a data use agreement",
          remedy: "name the agreement by its id", lack: .agreement))
    }
    guard let purpose, purpose.allowsLimitedDataSet else {
      return .refused(
        ProfileRefusal(
          rule: "45 CFR 164.514(e)(3)",
          reason: "a limited data set is for research, public health or health care operations only",
          remedy: "name one of these purposes, or use the profile `\(Name.safeHarbor.rawValue)`", lack: .purpose))
    }
    return .accepted(
      Profile(.limitedDataSet, basis: .agreement(agreement, purpose), asOf: reference, limitedDataSetMethod))
  }

  static func limitedDataSetMethod(_ identifier: Identifier) -> Method { isDirect(identifier) ? .placeholder : .keep }

  /// Whether a limited data set does without a kind of identifier.
  static func isDirect(_ identifier: Identifier) -> Bool {
    switch identifier {
    case .date, .ageOver89, .city, .zipCode: false
    case .name, .street, .county, .facility, .organization, .phone, .fax, .email, .socialSecurityNumber,
      .medicalRecordNumber, .healthPlanNumber, .accountNumber, .licenseNumber, .vehicle, .device, .url, .ipAddress,
      .biometric, .photograph, .otherNumber, .uniqueDescription:
      true
    }
  }
}
