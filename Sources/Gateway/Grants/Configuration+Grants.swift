package import Ledger
package import PHI

extension Configuration {
  /// Every single access that it gives, with the terms; what it does not give nobody has.
  package var grants: [Grant: GrantTerms] {
    var grants: [Grant: GrantTerms] = [:]
    for caller in callers {
      let holder = Grant.Holder.caller(caller.id)
      for (id, terms) in caller.useCases.terms { grants[Grant(holder, .useCase(id))] = terms }
      for (role, terms) in caller.roles.terms { grants[Grant(holder, .role(role))] = terms }
      for (fact, terms) in caller.attests.terms { grants[Grant(holder, .attestation(fact))] = terms }
    }
    for (user, roles) in policy?.users ?? [:] {
      for (role, terms) in roles.terms { grants[Grant(.user(user), .role(role))] = terms }
    }
    if let deciders = policy?.deciders {
      for (decider, terms) in deciders.terms { grants[Grant(.caller(decider), .decisions)] = terms }
    }
    if case .callers(let readers) = log.readers {
      for (reader, terms) in readers.terms { grants[Grant(.caller(reader), .log)] = terms }
    }
    for useCase in useCases {
      for vendor in vendors {
        guard let server = useCase.toolServers[vendor.id], case .tools(_, let access) = vendor.kind else { continue }
        for (tool, terms) in access.tools.terms {
          let ends = [server.until, terms.until].compactMap(\.self).min()
          let terms = GrantTerms(until: ends, line: server.line ?? terms.line)
          grants[Grant(.useCase(useCase.id), .tool(tool, at: vendor.id))] = terms
        }
      }
    }
    return grants
  }

  /// The members of the workforce whom it grants something.
  package var grantedUsers: [String] { (policy?.users ?? [:]).keys.sorted() }
}

extension [Grant: GrantTerms] {
  /// What of it was `removed` or has ended, on a day; of people whose pseudonyms are not known nobody can tell where
  /// anything was removed of anybody.
  package func lapsed(
    _ removed: Set<ConfiguredName>, _ pseudonyms: [String: Pseudonym], on today: CalendarDate
  ) -> [Grant: GrantLapse] {
    var lapsed: [Grant: GrantLapse] = [:]
    let namesPeople = removed.contains { $0.description.hasPrefix("user:") }
    for (grant, terms) in self {
      if let until = terms.until, !terms.hold(on: today) {
        lapsed[grant] = .ended(until)
      } else if let id = grant.id(pseudonyms) {
        if removed.contains(id) { lapsed[grant] = .removed }
      } else if namesPeople {
        lapsed[grant] = .unknown
      }
    }
    return lapsed
  }
}
