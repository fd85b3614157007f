package import PHI

/// Finds medical record, chart and hospital numbers.
///
/// ## What it finds
/// The value after `MRN`, `chart no.`, `patient ID`, a key, a column or a PID field of HL7, in any form and whatever
/// its check digit.
///
/// ## What it leaves alone
/// Words after the label that hold no number, dates and times, quantities.
///
/// ## Why
/// 45 CFR 164.514(b)(2)(i)(H), medical record numbers.
///
/// ## Examples
/// - `MRN: ⟦TV-0051-4672⟧, chart reviewed, K 4.1`
package struct MedicalRecordNumber: Detector {
  package init() {}

  package func scan(_ page: borrowing Page, into findings: inout [Finding]) {
    page.appendLabelled(.medicalRecord, as: .medicalRecordNumber, by: "medical-record-number", into: &findings)
  }
}
