import Bytes
import PHI
import Policy

/// What patients have authorized and restricted of those whom the questions of one call name.
struct AccessPatients: Sendable {
  /// The member of a context that names the patient whom a question is about; policies are told nothing of it.
  static let member = "patient"

  /// The caller of the decision endpoint, through whom people ask.
  let caller: String
  let today: CalendarDate
  /// The use cases and vendors between which a route takes an authorization, as routes of policies begin.
  var authorizing: Set<String> = []
  var choices: [String: Result<PatientChoices, Refusal>] = [:]

  /// What the register has against something that policies allow; nil where the question names nobody.
  func refusal(of asked: AccessQuestion, _ question: PolicyQuestion) throws(AccessQuestion.Fault) -> Refusal? {
    guard let patient = try asked.patient() else { return nil }
    let (resource, principal) = (question.request.resource, question.request.principal)
    let names = resource.id.string.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    // Of what is at no vendor, those restrictions speak that are of everybody, of the caller and of the purpose.
    let vendor: String? =
      switch resource.type {
      case PolicyNames.route: names.count > 1 ? names[1] : nil
      case PolicyNames.vendor, PolicyNames.model, PolicyNames.tool: names.first
      default: nil
      }
    let isRoute = resource.type == PolicyNames.route && names.count > 1
    let classes = asked.context?["classes"]?.array?.compactMap { $0["id"]?.string } ?? []
    let use = ConsentUse(
      vendor: vendor ?? "", caller: principal.type == PolicyNames.service ? principal.id.string : caller,
      purpose: asked.context?["purpose"]?.string ?? "", classes: Set(classes), unsearched: .nothing,
      needsAuthorization: isRoute && authorizing.contains("\(names[0])/\(names[1])"))
    switch choices[patient] {
    case .success(let choices): return choices.refusal(of: use, on: today)
    case .failure(let refusal): return refusal
    case nil: return Refusal(.keysUnavailable, "what the register of consents has of a patient was not read")
    }
  }
}

extension AccessQuestion {
  /// The patient whom it is about, in the spelling that requests have; nil where it names nobody.
  func patient() throws(Fault) -> String? {
    guard let named = context?[AccessPatients.member], named != .null else { return nil }
    guard let patient = named.string.flatMap(RequestParties.reference) else {
      throw Fault("`context.\(AccessPatients.member)` must be 1 to 256 bytes without control characters")
    }
    return patient
  }
}

extension Gateway {
  /// What the register has of all whom the questions of a call name, read before any of them is decided.
  func accessPatients(_ json: JSONValue, of call: AccessCall) async -> AccessPatients {
    var patients = AccessPatients(caller: call.caller.id.name, today: clock.today)
    let whole = AccessQuestion(json)
    let each = (json["evaluations"]?.array ?? []).prefix(1_000).map { AccessQuestion($0, defaults: whole) }
    // What names nobody rightly is answered when it is decided.
    for patient in Set(([whole] + each).compactMap { (try? $0.patient()) ?? nil }) {
      do throws(Refusal) {
        patients.choices[patient] = .success(try await choices(of: [patient]))
      } catch {
        patients.choices[patient] = .failure(error)
      }
    }
    guard !patients.choices.isEmpty else { return patients }
    // Of several routes that are open the first is gone by.
    var led: Set<String> = []
    for route in configuration.routes ?? [] where route.isOpen(on: patients.today) {
      let ways = route.useCases.flatMap { useCase in route.vendors.map { "\(useCase)/\($0)" } }
      if route.basis == .authorization { patients.authorizing.formUnion(Set(ways).subtracting(led)) }
      led.formUnion(ways)
    }
    return patients
  }
}
