import ArgumentParser
import Gateway

/// `cordon vendor template`: a file for `cordon vendor add`, to be filled in.
struct VendorTemplateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "template", abstract: "Print a file for `cordon vendor add`, to be filled in.")

  func run() {
    StandardOutput.line(
      """
      vendor: example-vendor        # its id in cordon.yaml
      id: BAA-2026-014
      signed: 2026-01-15
      effective: 2026-01-15         # in force from the later of the two (UTC)
      expires: 2027-01-14           # to the end of this day
      environment: production       # or test
      prohibits_training: true      # must be true, or every request is refused
      # zero_retention_attested: 2026-01-15   # when the vendor last attested that it keeps nothing
      breach_report_hours: 72       # 164.410(b): at most 1440
      regions: [us-east]            # where it lets the vendor process
      services:                     # what it covers; what is left out has no bound
        operations: [chatCompletions, responses]
        models: [gpt-4o-mini]
        endpoints: [llm.vendor.example]
      purposes: [TREAT, HPAYMT]     # purposes of use, codes of HL7 v3 ActReason
      data_classes: all             # or kinds that requests may hold, such as [NAME, DATE, image]
      subcontractors:               # [] for none
        - name: example-cloud
          agreement: SUB-77         # the one between the vendor and it; without one nothing is sent
          effective: 2026-01-01
          expires: 2027-12-31
          # models: [gpt-4o-mini]   # those that it runs; all unless given
      clauses:                      # where each stands in the signed document
      """)
    for clause in RequiredClause.allCases {
      let line = "  \(clause.rawValue): \"\""
      StandardOutput.line(line + String(repeating: " ", count: max(1, 30 - line.count)) + "# \(clause.paragraph)")
    }
  }
}
