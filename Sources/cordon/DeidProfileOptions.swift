import ArgumentParser
import Deidentification
import PHI

/// Which profile, what it rests on, and whose documents they are.
struct DeidProfileOptions: ParsableArguments {
  @Option(help: "safe-harbor, limited-data-set, expert or internal-display.")
  var profile = Profile.Name.safeHarbor

  @Option(name: .customLong("dua"), help: "The id of the data use agreement, for a limited data set.")
  var agreement: String?

  @Option(help: "What a limited data set is for: research, public-health or health-care-operations.")
  var purpose: Purpose?

  @OptionGroup var project: DeidProjectOptions

  @Option(help: "Whose documents they are: an id, which is not kept; for date shifts and surrogates.")
  var patient: String?

  /// The profile that the options name.
  func profile(codebook: Codebook, asOf reference: CalendarDate) throws -> Profile {
    switch profile {
    case .safeHarbor: .safeHarbor(asOf: reference)
    case .internalDisplay: .internalDisplay(asOf: reference)
    case .limitedDataSet:
      try Profile.limitedDataSet(under: try dataUseAgreement(), for: purpose, asOf: reference).accepted()
    case .expert: try project.expert(of: patient, codebook: codebook, asOf: reference)
    }
  }

  /// The keys of the project and of the patient, with a book of random codes.
  func keys(codebook: Codebook) throws -> ProfileKeys {
    let keys = try project.keys(of: patient, codebook: codebook)
    guard keys.project != nil || patient == nil else {
      throw UsageFailure(
        "`--patient` belongs to a project", help: "name the project and its secret with `--project` and `--key-file`")
    }
    return keys
  }

  private func dataUseAgreement() throws -> DataUseAgreement? {
    guard let agreement else { return nil }
    guard let named = DataUseAgreement(agreement) else {
      throw UsageFailure(
        "`--dua` is the id of an agreement", help: "an id has 1 to 64 letters, digits, `-`, `_`, `.` and `/`")
    }
    return named
  }
}

extension Profile.Amendment {
  /// The profile; a refusal is thrown with its rule and its remedy.
  func accepted() throws -> Profile {
    switch self {
    case .accepted(let profile): return profile
    case .refused(let refusal):
      throw UsageFailure(
        "refused: \(refusal.reason) (\(refusal.rule))",
        help: refusal.remedy + (refusal.lack.map { " (`\($0.option)`)" } ?? ""))
    }
  }
}

extension ProfileRefusal.Lack {
  /// The options that give what is lacking.
  fileprivate var option: String {
    switch self {
    case .agreement: "--dua ID"
    case .purpose: "--purpose PURPOSE"
    case .determination: "--plan FILE"
    case .key: "--project NAME --key-file FILE"
    case .patient: "--patient ID"
    }
  }
}

extension Profile.Name: ExpressibleByArgument {}
extension Purpose: ExpressibleByArgument {}
