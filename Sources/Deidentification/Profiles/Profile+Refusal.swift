internal import PHI

extension Profile {
  /// Why this profile cannot have `method` for `identifier`; nil when it can.
  func refusal(of method: Method, for identifier: Identifier) -> ProfileRefusal? {
    guard method.fits(identifier) else {
      return ProfileRefusal(
        rule: "a method fits its kind", reason: "`\(method)` is not for \(identifier.label)",
        remedy: "use `redact`, or one of the methods for \(identifier.label)")
    }
    switch name {
    case .safeHarbor: return safeHarborRefusal(of: method, for: identifier)
    case .limitedDataSet: return limitedDataSetRefusal(of: method, for: identifier)
    case .expert, .internalDisplay: return nil
    }
  }

  private func safeHarborRefusal(of method: Method, for identifier: Identifier) -> ProfileRefusal? {
    switch method {
    case .placeholder, .year, .ageOver89, .ageBand, .zipPrefix, .randomToken: nil
    case .mask(let style): style.showsPart ? .showingPart : nil
    case .month: .safeHarbor("(C)", "a month is an element of a date")
    case .keep: .safeHarbor("(\(identifier.safeHarborClass.rawValue))", "the paragraph lists \(identifier.label)")
    case .shift, .formatPreserving, .linkableToken, .surrogate:
      ProfileRefusal(
        rule: "45 CFR 164.514(c)(1)", reason: "what a key computes from an identifier is derived from it",
        remedy: "use `random-token`, or the profile `\(Name.limitedDataSet.rawValue)` or `\(Name.expert.rawValue)`")
    }
  }

  private func limitedDataSetRefusal(of method: Method, for identifier: Identifier) -> ProfileRefusal? {
    guard Profile.isDirect(identifier) else { return nil }
    return switch method {
    case .keep:
      ProfileRefusal(
        rule: "45 CFR 164.514(e)(2)", reason: "a limited data set excludes \(identifier.label)",
        remedy: "use `redact`, `token` or `surrogate`")
    case .mask(.lastFour):
      ProfileRefusal(
        rule: "45 CFR 164.514(e)(2)", reason: "a part of an identifier is derived from it",
        remedy: "use a mask that shows nothing")
    case .placeholder, .mask, .year, .month, .ageOver89, .ageBand, .zipPrefix, .shift, .randomToken, .formatPreserving,
      .linkableToken, .surrogate:
      nil
    }
  }
}

extension ProfileRefusal {
  static let showingPart = ProfileRefusal(
    rule: "45 CFR 164.514(b)(2)(i)", reason: "a part of an identifier is derived from it",
    remedy: "use a mask that shows nothing, or the profile `\(Profile.Name.internalDisplay.rawValue)`")

  static func safeHarbor(_ paragraph: String, _ reason: String) -> ProfileRefusal {
    ProfileRefusal(
      rule: "45 CFR 164.514(b)(2)(i)\(paragraph)", reason: reason,
      remedy: "use `redact`, or the profile `\(Profile.Name.limitedDataSet.rawValue)`")
  }

  static func withoutKey(_ method: Method) -> ProfileRefusal {
    ProfileRefusal(
      rule: "a keyed method needs a key", reason: "`\(method)` is computed under the key of a project",
      remedy: "name a project and its secret", lack: .key)
  }

  static func withoutCodebook(_ method: Method) -> ProfileRefusal {
    ProfileRefusal(
      rule: "a random code needs a codebook", reason: "`\(method)` is drawn for each value and remembered",
      remedy: "give a codebook")
  }

  static func withoutPatient(_ method: Method) -> ProfileRefusal {
    ProfileRefusal(
      rule: "a method for each patient needs the patient", reason: "`\(method)` treats each patient alike",
      remedy: "say whose documents they are", lack: .patient)
  }
}
