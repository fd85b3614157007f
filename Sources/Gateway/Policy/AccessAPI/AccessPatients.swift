import Bytes
import Ciphers
import PHI
import Policy
import Vault

/// What patients have authorized and restricted of those whom the questions of one call name.
struct AccessPatients: Sendable {
  /// The member of a context that names the patient whom a question is about; policies are told nothing of it.
  static let member = "patient"

  /// The caller of the decision endpoint, through whom people ask.
  let caller: String
  let today: CalendarDate
  /// The use cases and vendors between which a route takes an authorization, as routes of policies begin.
  var authorizing: Set<String> = []
  /// What the use cases of the configuration are for, by their names.
  var purposes: [String: String] = [:]
  var choices: [String: Result<PatientChoices, Refusal>] = [:]
  /// The tags of those whom the vault knows.
  var tags: [String: Set<Digest>] = [:]

  /// A question as policies are asked it, and what the register has against what they allow.
  struct Told {
    var question: PolicyQuestion
    var refusal: Refusal?
    var tags: Set<Digest> = []
  }

  /// What the register makes of a question; nothing of one that names nobody.
  ///
  /// Policies are told of consents what they are told for requests: what the question says of them, but for what was
  /// withdrawn, and what the register has.
  func told(_ asked: AccessQuestion, _ question: PolicyQuestion, to policy: PolicyInForce) throws(AccessQuestion.Fault)
    -> Told
  {
    guard let patient = try asked.patient() else { return Told(question: question) }
    let use = try use(of: question.request)
    var told = Told(question: question, tags: tags[patient] ?? [])
    switch choices[patient] {
    case .success(let choices):
      told.refusal = choices.refusal(of: use, on: today)
      if case .set(let stated)? = question.request.context[PolicyNames.consents] {
        let withdrawn = choices.withdrawn(from: use, on: today).map { Value.string(Text($0)) }
        let registered = choices.consents(to: use, on: today).intersection(policy.wording)
        told.question.request.context[PolicyNames.consents] = .set(
          stated.subtracting(withdrawn).union(registered.map { .string(Text($0)) }))
      }
    case .failure(let refusal): told.refusal = refusal
    case nil:
      told.refusal = Refusal(.keysUnavailable, "what the register of consents has of a patient was not read")
    }
    return told
  }

  /// What the register is asked about a question, by what of it the schema has let pass.
  private func use(of request: AccessRequest) throws(AccessQuestion.Fault) -> ConsentUse {
    let names = request.resource.id.string.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    // Of what is at no vendor, those restrictions speak that are of everybody, of the caller and of the purpose.
    let vendor: String? =
      switch request.resource.type {
      case PolicyNames.route: names.count > 1 ? names[1] : nil
      case PolicyNames.vendor, PolicyNames.model, PolicyNames.tool: names.first
      default: nil
      }
    let isRoute = request.resource.type == PolicyNames.route && names.count > 1
    return ConsentUse(
      vendor: vendor ?? "",
      caller: request.principal.type == PolicyNames.service ? request.principal.id.string : caller,
      purpose: try purpose(of: request, by: isRoute ? names[0] : nil),
      classes: Self.classes(request.context[PolicyNames.classes]), unsearched: .nothing,
      needsAuthorization: isRoute && authorizing.contains("\(names[0])/\(names[1])"))
  }

  /// The purpose, which has to be one that restrictions can name, and that of the route's use case.
  private func purpose(
    of request: AccessRequest, by useCase: String?
  ) throws(AccessQuestion.Fault) -> String {
    guard case .string(let text)? = request.context[PolicyNames.purpose],
      ConsentPurpose.known.contains(text.string) || purposes.values.contains(text.string)
    else {
      throw AccessQuestion.Fault(
        "`context.\(PolicyNames.purpose)` must be a code of HL7 v3 PurposeOfUse where a patient is named")
    }
    if let own = useCase.flatMap({ purposes[$0] }), own != text.string {
      throw AccessQuestion.Fault("`context.\(PolicyNames.purpose)` is not what the route's use case is for")
    }
    return text.string
  }

  /// The names of classes of data; none, which counts as all of them, where one of them is no name.
  private static func classes(_ value: Value?) -> Set<String> {
    guard case .set(let elements)? = value else { return [] }
    var classes: Set<String> = []
    for element in elements {
      switch element {
      case .entity(let uid): classes.insert(uid.id.string)
      case .string(let text): classes.insert(text.string)
      default: return []
      }
    }
    return classes
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
  ///
  /// Each counts to the caller as who asks about them in a call of its own.
  func accessPatients(_ json: JSONValue, of call: AccessCall) async throws(Refusal) -> AccessPatients {
    var patients = AccessPatients(caller: call.caller.id.name, today: clock.today)
    let whole = AccessQuestion(json)
    let each = (json["evaluations"]?.array ?? []).prefix(1_000).map { AccessQuestion($0, defaults: whole) }
    // What names nobody rightly is answered when it is decided.
    let named = Set(([whole] + each).compactMap { (try? $0.patient()) ?? nil })
    try await takeRates(about: named, of: call.caller)
    for patient in named {
      do throws(Refusal) {
        patients.tags[patient] = try await knownTags(of: patient)
        patients.choices[patient] = .success(try await choices(of: [patient]))
      } catch {
        patients.choices[patient] = .failure(error)
      }
    }
    guard !patients.choices.isEmpty else { return patients }
    for useCase in configuration.useCases { patients.purposes[useCase.id.name] = useCase.purpose.name }
    // Of several routes that are open the first is gone by.
    var led: Set<String> = []
    for route in configuration.routes ?? [] where route.isOpen(on: patients.today) {
      let ways = route.useCases.flatMap { useCase in route.vendors.map { "\(useCase)/\($0)" } }
      if route.basis == .authorization { patients.authorizing.formUnion(Set(ways).subtracting(led)) }
      led.formUnion(ways)
    }
    return patients
  }

  /// The tags of a patient, in each spelling that the vault knows.
  private func knownTags(of patient: String) async throws(Refusal) -> Set<Digest> {
    do {
      return try await withTaskExecutorPreference(BlockingThreads.shared) {
        var tags: Set<Digest> = []
        for spelling in PatientSpelling.all(of: patient) {
          let reference = SubjectReference(.patient, spelling)
          if try await vault.knows(reference) { tags.insert(try await vault.tag(of: reference)) }
        }
        return tags
      }
    } catch {
      throw Refusal(keyFailure(error))
    }
  }
}
