import PHI

extension ConfidenceScale {
  /// A Swift source file that declares this scale as `ConfidenceScale.standard`, fitted on what `origin` says.
  package func source(fittedOn origin: String) -> String {
    func literal(_ steps: [Step]?) -> String {
      "[" + (steps ?? []).map { ".init(\($0.percent), \($0.calibrated))" }.joined(separator: ", ") + "]"
    }
    let lines = scopes.map { scope in
      let detector = scope.detector.map { ", by: \"\($0)\"" } ?? ""
      return "      .init(.\(scope.identifier.caseName)\(detector)): \(literal(own[scope])),\n"
    }
    return """
      import PHI

      extension ConfidenceScale {
        /// Fitted by `cordon evaluate --scale` on \(origin).
        package static let standard = ConfidenceScale(
          shared: \(literal(shared)),
          own: [\(lines.isEmpty ? ":" : "\n" + lines.joined() + "    ")])
      }

      """
  }
}

extension Identifier {
  /// The name of the case in Swift, for which the language has no word.
  fileprivate var caseName: String {
    switch self {
    case .name: "name"
    case .street: "street"
    case .city: "city"
    case .county: "county"
    case .zipCode: "zipCode"
    case .facility: "facility"
    case .organization: "organization"
    case .date: "date"
    case .ageOver89: "ageOver89"
    case .phone: "phone"
    case .fax: "fax"
    case .email: "email"
    case .socialSecurityNumber: "socialSecurityNumber"
    case .medicalRecordNumber: "medicalRecordNumber"
    case .healthPlanNumber: "healthPlanNumber"
    case .accountNumber: "accountNumber"
    case .licenseNumber: "licenseNumber"
    case .vehicle: "vehicle"
    case .device: "device"
    case .url: "url"
    case .ipAddress: "ipAddress"
    case .biometric: "biometric"
    case .photograph: "photograph"
    case .otherNumber: "otherNumber"
    case .uniqueDescription: "uniqueDescription"
    }
  }
}
