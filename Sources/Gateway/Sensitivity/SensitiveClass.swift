/// A kind of health information that law protects beyond the Privacy Rule, or that people suffer from most when it gets out.
package enum SensitiveClass: String, Hashable, Sendable, CaseIterable {
  /// Treatment of substance use (42 CFR Part 2).
  case substanceUse = "substance_use"
  /// Notes of psychotherapy (45 CFR 164.501, 164.508(a)(2)).
  case psychotherapy
  /// Infection with HIV, which most states protect by laws of their own.
  case hiv
  /// Genes, genetic tests and what runs in the family (45 CFR 160.103, 164.502(a)(5)(i)).
  case genomics
  /// Pregnancy, contraception, abortion and fertility.
  case reproductiveHealth = "reproductive_health"

  /// The class that a request declares: by its name here, or by a code of HL7's ActInformationSensitivityPolicy.
  package init?(declared text: some StringProtocol) {
    if let named = SensitiveClass(rawValue: String(text)) {
      self = named
      return
    }
    switch text.uppercased() {
    case "SUD", "ETH", "ETHUD", "OPIOIDUD", "42CFRPART2": self = .substanceUse
    case "PSYTHPN": self = .psychotherapy
    case "HIV": self = .hiv
    case "GDIS": self = .genomics
    case "SEX", "SRH": self = .reproductiveHealth
    default: return nil
    }
  }

  /// The words that stand for it.
  var terms: SensitiveTerms {
    switch self {
    case .substanceUse: .substanceUse
    case .psychotherapy: .psychotherapy
    case .hiv: .hiv
    case .genomics: .genomics
    case .reproductiveHealth: .reproductiveHealth
    }
  }
}

/// The words and codes of one class.
struct SensitiveTerms {
  /// One term a line, of one or more words.
  ///
  /// A single word with a capital letter is found only as it is written.
  let words: String
  /// What codes of ICD-10-CM begin with, without the dot.
  let codes: String
}
