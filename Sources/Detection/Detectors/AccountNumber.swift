package import PHI

/// Finds account and card numbers.
///
/// ## What it finds
/// The value after `account`, `acct`, `guarantor`, `card ending`, `IBAN` and their like, whole or only its last digits:
/// four digits of a card still point at one person.
///
/// ## What it leaves alone
/// Amounts of money, and a payer's own codes: they belong to a bill or a company, not to a patient.
///
/// ## Why
/// 45 CFR 164.514(b)(2)(i)(J), account numbers.
///
/// ## Examples
/// - `Guarantor acct ⟦40-118832⟧, balance $1,240.00`
/// - `paid by card ending ⟦4417⟧`
package struct AccountNumber: Detector {
  package init() {}

  package func scan(_ page: borrowing Page, into findings: inout [Finding]) {
    page.appendLabelled(.account, as: .accountNumber, by: "account-number", into: &findings)
  }
}
