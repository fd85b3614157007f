/// What a label, a key, a column or a position of a message says that its value is.
package enum Field: UInt8, Sendable, CaseIterable {
  /// Nothing that a detector asks for.
  case none
  case medicalRecord, healthPlan, account, license, vehicle, device, biometric, photograph, other
  case socialSecurity, phone, fax, email, url, ipAddress
  case date, birthDate, age
  case street, city, county, zipCode, state, country
  case personName, clinicianName, facility, organization
  /// The name under which somebody uses a system, and the initials of somebody who wrote.
  case handle, initials
  /// A value that points at nobody: a code of a public vocabulary, a version, a port.
  case ordinary

  /// Whether values of the field are numbers or codes.
  var isNumber: Bool { rawValue >= Field.medicalRecord.rawValue && rawValue <= Field.socialSecurity.rawValue }
}
