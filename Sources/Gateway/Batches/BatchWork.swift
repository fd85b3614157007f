import Ledger
import Providers
import Vault

/// One call about files and batches that a use case allows, on its way to its answer.
typealias BatchWork = ResourceWork<BatchCall>

extension BatchWork {
  var dialect: Operation.Dialect { call.operation.dialect }

  /// Records that there is no such object for the caller; whoever asks for another's is told the same.
  func unknown() async -> TurnedAway { await reject(.unknownObject, by: "unknown_object") }

  /// How long, in seconds, a vendor is told to keep a file: as long as its tokens can be restored, no longer than the caller
  /// says, and no shorter than vendors take; nil for a server that knows nothing of keeping.
  func lifetime(_ asked: Int?, at vendor: Vendor?) -> Int? {
    guard asked != nil || vendor?.declinesStorage == true else { return nil }
    let longest = max(useCase.kept?.seconds ?? 0, Self.lifetimes.lowerBound)
    return min(asked ?? .max, longest, Self.lifetimes.upperBound)
  }

  /// The ways to the vendor that keeps something: allowed as the requests in it were, now.
  func routes(to head: KeptHead, asking patients: [String]) async throws(TurnedAway) -> [Admission.Route] {
    guard let vendor = ConfiguredID<Vendor>(head.vendor) else { throw await unknown() }
    var routes: [Admission.Route] = []
    for model in head.models {
      routes.append(
        try await route(
          to: vendor, asking: model, for: head.operation, holding: head.held, about: patients))
    }
    return routes
  }

  /// Opens an exchange about something that is kept already: about requests whose text comes back, `asking` the choices
  /// of patients of whom nothing does.
  func open(
    _ operation: BatchOperation, of head: KeptHead, with requests: [KeptRequest] = [], asking patients: [String] = []
  ) async throws(TurnedAway) -> ResourceExchange {
    let people = try await people(in: requests)
    let routes = try await routes(to: head, asking: patients + requests.compactMap(\.parties.patient))
    let request = ResourceRequest(operation, of: head.id, version: call.version, requestID: call.requestID)
    return try await open(request, by: routes, on: head.record.flatMap { ConfiguredName($0.object) }, about: people)
  }

  /// Whom requests are about, for the one who asks for them now: whoever had made one has no part in that.
  ///
  /// Nothing is handed out of a request whose patient the use case wants to know, and that named none; or that was made for
  /// somebody whose key was destroyed.
  func people(in requests: [KeptRequest]) async throws(TurnedAway) -> [RequestParties] {
    if useCase.requires.contains(.patient), parties.patient == nil,
      requests.contains(where: { $0.parties.patient == nil })
    {
      throw await refuse(Refusal(.partyRequired, "use case `\(useCase.id)` wants to know the patient"))
    }
    for user in Set(requests.compactMap(\.parties.user)) {
      do {
        try await gateway.checkKey(of: user)
      } catch {
        throw await refuse(Refusal(error))
      }
    }
    var seen: Set<String> = []
    if let patient = parties.patient { seen.insert(patient) }
    return requests.compactMap(\.parties.patient).filter { seen.insert($0).inserted }.map { patient in
      var parties = parties
      parties.patient = patient
      return parties
    }
  }
}
