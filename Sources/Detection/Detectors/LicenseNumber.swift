package import PHI

/// Finds numbers of licences and certificates.
///
/// ## What it finds
/// The value after `license`, `NPI`, `DEA`, `CLIA`, `DL`, `cert` and their like.
///
/// ## What it leaves alone
/// Credentials without a number (`MD`, `RN`, `licensed practical nurse`).
///
/// ## Why
/// 45 CFR 164.514(b)(2)(i)(K), certificate and license numbers.
///
/// ## Examples
/// - `driver's license ⟦D417-2290-8813⟧`
package struct LicenseNumber: Detector {
  package init() {}

  package func scan(_ page: borrowing Page, into findings: inout [Finding]) {
    page.appendLabelled(.license, as: .licenseNumber, by: "license-number", into: &findings)
  }
}
