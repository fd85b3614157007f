package import PHI

/// Finds identifiers of finger, palm, voice and face templates.
///
/// ## What it finds
/// The value after `voiceprint`, `template`, `tenprint card`, `embedding` and their like.
///
/// ## What it leaves alone
/// Descriptions of fingers and voices.
///
/// ## Why
/// 45 CFR 164.514(b)(2)(i)(P).
package struct BiometricIdentifier: Detector {
  package init() {}

  package func scan(_ page: borrowing Page, into findings: inout [Finding]) {
    page.appendLabelled(.biometric, as: .biometric, by: "biometric-identifier", into: &findings)
  }
}
