/// A kind of identifier that Safe Harbor removes, as fine as a detector can tell.
///
/// 45 CFR 164.514(b)(2)(i) lists eighteen classes, (A) to (R); `safeHarborClass` says which one a kind belongs to.
/// Some classes are told apart further, because a reader of the safe text is helped by it: a placeholder that says
/// `[CITY]` is worth more than one that says `[GEOGRAPHIC SUBDIVISION]`.
public enum Identifier: UInt8, CaseIterable, Hashable, Sendable {
  case name
  case street
  case city
  case county
  case zipCode
  case facility
  case organization
  case date
  case ageOver89
  case phone
  case fax
  case email
  case socialSecurityNumber
  case medicalRecordNumber
  case healthPlanNumber
  case accountNumber
  case licenseNumber
  case vehicle
  case device
  case url
  case ipAddress
  case biometric
  case photograph
  case otherNumber
  case uniqueDescription

  /// The word for this kind in placeholders, tokens, configuration and reports: capitals, no spaces, never renamed.
  public var label: String {
    switch self {
    case .name: "NAME"
    case .street: "STREET"
    case .city: "CITY"
    case .county: "COUNTY"
    case .zipCode: "ZIP"
    case .facility: "FACILITY"
    case .organization: "ORG"
    case .date: "DATE"
    case .ageOver89: "AGE"
    case .phone: "PHONE"
    case .fax: "FAX"
    case .email: "EMAIL"
    case .socialSecurityNumber: "SSN"
    case .medicalRecordNumber: "MRN"
    case .healthPlanNumber: "PLAN"
    case .accountNumber: "ACCOUNT"
    case .licenseNumber: "LICENSE"
    case .vehicle: "VEHICLE"
    case .device: "DEVICE"
    case .url: "URL"
    case .ipAddress: "IP"
    case .biometric: "BIOMETRIC"
    case .photograph: "PHOTO"
    case .otherNumber: "ID"
    case .uniqueDescription: "TRAIT"
    }
  }

  /// The kind with this label, in any case; nil when there is none.
  public init?(label: String) {
    let wanted = label.uppercased()
    guard let match = Identifier.allCases.first(where: { $0.label == wanted }) else { return nil }
    self = match
  }

  /// The class of 45 CFR 164.514(b)(2)(i) that this kind belongs to.
  public var safeHarborClass: SafeHarborClass {
    switch self {
    case .name: .a
    case .street, .city, .county, .zipCode, .facility, .organization: .b
    case .date, .ageOver89: .c
    case .phone: .d
    case .fax: .e
    case .email: .f
    case .socialSecurityNumber: .g
    case .medicalRecordNumber: .h
    case .healthPlanNumber: .i
    case .accountNumber: .j
    case .licenseNumber: .k
    case .vehicle: .l
    case .device: .m
    case .url: .n
    case .ipAddress: .o
    case .biometric: .p
    case .photograph: .q
    case .otherNumber, .uniqueDescription: .r
    }
  }
}

extension Identifier: CustomStringConvertible {
  /// The label.
  public var description: String { label }
}
