package import Ledger
import PHI

extension Configuration {
  /// Every single access that it gives, with the terms; what it does not give nobody has.
  package var grants: [Grant: GrantTerms] {
    var grants: [Grant: GrantTerms] = [:]
    for caller in callers {
      let holder = Grant.Holder.caller(caller.id)
      let accesses =
        caller.useCases.map(Grant.Access.useCase) + caller.roles.map(Grant.Access.role)
        + caller.attests.map(Grant.Access.attestation)
      for access in accesses { grants[Grant(holder, access)] = caller.terms[access] ?? GrantTerms() }
    }
    for (user, roles) in policy?.users ?? [:] {
      for role in roles { grants[Grant(.user(user), .role(role))] = policy?.userTerms[user]?[role] ?? GrantTerms() }
    }
    for decider in policy?.deciders ?? [] {
      grants[Grant(.caller(decider), .decisions)] = policy?.deciderTerms[decider] ?? GrantTerms()
    }
    if case .callers(let readers) = log.readers {
      for reader in readers { grants[Grant(.caller(reader), .log)] = log.readerTerms[reader] ?? GrantTerms() }
    }
    for useCase in useCases {
      for vendor in vendors where useCase.toolServers.contains(vendor.id) {
        guard case .tools(_, let access) = vendor.kind else { continue }
        for tool in access.tools {
          let ends = [useCase.toolServerTerms[vendor.id], access.terms[tool]].compactMap { $0?.until }.min()
          let line = useCase.toolServerTerms[vendor.id]?.line ?? access.terms[tool]?.line
          grants[Grant(.useCase(useCase.id), .tool(tool, at: vendor.id))] = GrantTerms(until: ends, line: line)
        }
      }
    }
    return grants
  }

  /// The members of the workforce whom it grants something.
  package var grantedUsers: [String] { (policy?.users ?? [:]).keys.sorted() }
}

extension Configuration {
  /// What of it was removed or has ended, at a moment.
  package func lapsed(
    _ removed: RemovedGrants, _ pseudonyms: [String: Pseudonym], at now: Timestamp
  ) -> [Grant: GrantLapse] {
    let today = CalendarDate(secondsSinceEpoch: now.milliseconds / 1_000)
    var lapsed: [Grant: GrantLapse] = [:]
    for (grant, terms) in grants {
      if let until = terms.until, !terms.hold(on: today) {
        lapsed[grant] = .ended(until)
      } else if let id = grant.id(pseudonyms), removed.removals[id] != nil {
        lapsed[grant] = .removed
      }
    }
    return lapsed
  }
}
