package import PHI

extension Profile {
  /// Does what an expert determined, and removes what the determination does not speak of.
  package static func expert(
    _ determination: ExpertDetermination?, _ methods: [Identifier: Method], keys: ProfileKeys? = nil,
    asOf reference: CalendarDate
  ) -> Amendment {
    guard let determination else {
      return .refused(
        ProfileRefusal(
          rule: "45 CFR 164.514(b)(1)", reason: "the methods of an expert need a documented determination",
          remedy: "name the determination by its id", lack: .determination))
    }
    guard reference <= determination.expires else {
      return .refused(
        ProfileRefusal(
          rule: "45 CFR 164.514(b)(1)", reason: "the determination held until \(determination.expires)",
          remedy: "have it renewed, or use the profile `\(Name.safeHarbor.rawValue)`"))
    }
    var profile = Profile(.expert, basis: .determination(determination), asOf: reference, safeHarborMethod)
    for identifier in Identifier.allCases {
      guard let method = methods[identifier] else { continue }
      switch profile.applying(method, to: IdentifierSet([identifier]), keys: keys) {
      case .accepted(let amended): profile = amended
      case .refused(let refusal): return .refused(refusal)
      }
    }
    return .accepted(profile)
  }
}
