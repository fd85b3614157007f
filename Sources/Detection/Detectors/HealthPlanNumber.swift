package import PHI

/// Finds numbers of health plan members, groups and policies.
///
/// ## What it finds
/// The value after `member`, `group`, `policy`, `insurance ID`, `Medicare`, `MBI` and their like.
///
/// ## What it leaves alone
/// The name of the payer, and the BIN and PCN of a drug plan: they are the same for all its members.
///
/// ## Why
/// 45 CFR 164.514(b)(2)(i)(I), health plan beneficiary numbers.
///
/// ## Examples
/// - `Member ID ⟦XQH884410293⟧, copay 25`
package struct HealthPlanNumber: Detector {
  package init() {}

  package func scan(_ page: borrowing Page, into findings: inout [Finding]) {
    page.appendLabelled(.healthPlan, as: .healthPlanNumber, by: "health-plan-number", into: &findings)
  }
}
