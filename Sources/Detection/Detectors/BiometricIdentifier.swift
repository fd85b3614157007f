package import PHI

/// Finds identifiers of finger, palm, voice and face templates.
///
/// ## What it finds
/// The value after `voiceprint`, `template`, `tenprint card`, `embedding` and their like.
///
/// ## What it leaves alone
/// Descriptions of fingers and voices: they are findings of an examination, not identifiers.
///
/// ## Why
/// 45 CFR 164.514(b)(2)(i)(P), biometric identifiers, including finger and voice prints.
///
/// ## Examples
/// - `Voiceprint ID ⟦VP-88213-K⟧ enrolled; voice hoarse since`
package struct BiometricIdentifier: Detector {
  package init() {}

  package func scan(_ page: borrowing Page, into findings: inout [Finding]) {
    page.appendLabelled(.biometric, as: .biometric, by: "biometric-identifier", into: &findings)
  }
}
