extension Admission {
  /// The use case that a caller's request names, or why it may not use it.
  ///
  /// What names none means the first that the configuration has, whatever became of that. What `ends` something that a
  /// vendor keeps, it may all the same.
  func named(_ requested: String?, of caller: Caller, ends: Bool = false) -> Result<UseCase, Refusal> {
    let id = requested.map { ConfiguredID<UseCase>($0) } ?? caller.useCases.first
    guard let id, caller.useCases.contains(id), let useCase = useCases[id] else {
      return .failure(Refusal(.useCaseNotGranted, "caller `\(caller.id)` has no such use case"))
    }
    guard let grants, !ends else { return .success(useCase) }
    grants.look()
    return grants.refusal(of: caller.id, using: id).map(Result.failure) ?? .success(useCase)
  }

  /// Why what was allowed by a grant may not go on; nil when it may.
  func lapse(of allowance: Allowance) -> Refusal? {
    // What the vendor keeps is ended, whoever may do it no more.
    guard let grants, allowance.ending == nil else { return nil }
    grants.look()
    if let refusal = grants.refusal(of: allowance.caller, using: allowance.use.useCase.id) { return refusal }
    guard let tool = allowance.tool else { return nil }
    return grants.refusal(of: allowance.use.useCase.id, calling: tool, at: allowance.use.vendor.id)
  }

  /// The tools of a server that a use case may call.
  func leaving(_ access: ToolAccess, of server: ConfiguredID<Vendor>, to useCase: UseCase) -> ToolAccess {
    grants?.leaving(access, of: server, to: useCase.id) ?? access
  }
}
