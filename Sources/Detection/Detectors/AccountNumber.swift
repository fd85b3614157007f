package import PHI

/// Finds account and card numbers.
///
/// ## What it finds
/// The value after `account`, `guarantor`, `card ending`, `IBAN` and their like, whole or its last digits.
///
/// ## What it leaves alone
/// Amounts of money.
///
/// ## Why
/// 45 CFR 164.514(b)(2)(i)(J).
package struct AccountNumber: Detector {
  package init() {}

  package func scan(_ page: borrowing Page, into findings: inout [Finding]) {
    page.appendLabelled(.account, as: .accountNumber, by: "account-number", into: &findings)
  }
}
