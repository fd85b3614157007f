package import Deidentification

/// A request that Cordon decided not to carry: a value with its rule, the fact behind it, and what would change it.
package struct Refusal: Error, Hashable, Sendable {
  package let rule: Rule
  /// The fact that decided, in names from the configuration only.
  package private(set) var fact: String
  /// What was found that decided, by kind.
  package let identifiers: IdentifierCounts
  /// The agreement that does not cover the request, where there is one.
  package let agreement: ConfiguredID<Agreement>?
  /// After how many seconds it is worth while to come back.
  package internal(set) var retryAfter: Int?
  /// The route that is not open; nil when it is another reason.
  package internal(set) var route: ConfiguredID<EgressRoute>?
  /// The limit that has to be waited for; nil when it is another reason.
  @Boxed package internal(set) var rate: RateStop? = nil
  /// What is wrong with the patient's authorization, for the log and not for the caller; nil when it is another reason.
  package internal(set) var lack: AuthorizationLack?
  /// The policies that decided; nil when it is another reason.
  @Boxed var policy: PolicyRecord? = nil

  /// A refusal that the passing of time will lift.
  package init(_ rule: Rule, _ fact: String, retryAfter seconds: Int) {
    self.init(rule, fact)
    retryAfter = seconds
  }

  package init(
    _ rule: Rule, _ fact: String, identifiers: IdentifierCounts = IdentifierCounts(),
    agreement: ConfiguredID<Agreement>? = nil
  ) {
    self.rule = rule
    self.fact = fact
    self.identifiers = identifiers
    self.agreement = agreement
  }

  /// The same of a part of a request.
  func of(_ place: String) -> Refusal {
    var refusal = self
    refusal.fact = "\(place): \(fact)"
    return refusal
  }

  /// The HTTP status of the answer: everything but a failure of Cordon's own is forbidden.
  package var status: Int {
    switch rule {
    case .emergencyMode, .detectionUnavailable, .keysUnavailable, .stopsUnreadable, .vendorBusy, .vendorResting,
      .attestationUnavailable, .queueFull, .grantsUnreadable, .registerBehind:
      503
    case .useCaseNotGranted, .modelNotAllowed, .noAgreement, .agreementNotInForce, .trainingNotProhibited,
      .regionNotApproved, .uninspectableContent, .knownNotAccepted, .partyRequired, .subjectDisposed, .lowConfidence,
      .logNotReadable, .operationNotOffered, .notTranslated, .keptByVendor, .vendorTool, .featureNotAllowed,
      .toolNotAllowed, .unknownSession, .serviceNotCovered, .purposeNotPermitted, .subcontractorNotCovered,
      .zeroRetentionNotAttested, .environmentMismatch, .regionNotCovered, .dataClassNotCovered, .stoppedByOperator,
      .attestationNotGenuine, .attestationExpired, .attestationReplayed, .attestationNotAffirmed,
      .attestationDebuggable, .attestationMeasurement, .attestationNotBound, .tooManySubjects, .tooMuchKept,
      .noRoute, .routeExpired, .sensitiveInsideOnly, .forbiddenByPolicy, .notPermittedByPolicy, .obligationUnmet,
      .decisionsNotAllowed, .restrictedByPatient, .restrictedPaidInFull, .consentWithheld, .authorizationMissing,
      .grantLapsed:
      403
    case .rateLimited, .vendorRateLimited: 429
    }
  }

  /// The rules that refuse, by the names that answers, log entries and metrics carry.
  package enum Rule: String, CaseIterable, Sendable {
    /// The caller may not use the use case it asked for.
    case useCaseNotGranted = "use_case_not_granted"
    /// The access was removed, or its last day is over (45 CFR 164.308(a)(4), 164.312(a)(1)).
    case grantLapsed = "grant_lapsed"
    /// What access was removed cannot be read, so that nobody has any (45 CFR 164.308(a)(4), 164.312(a)(1)).
    case grantsUnreadable = "grants_unreadable"
    /// The use case does not allow the model.
    case modelNotAllowed = "model_not_allowed"
    /// A vendor outside this process has no agreement (45 CFR 164.502(e), 164.308(b)).
    case noAgreement = "no_baa"
    /// The agreement is not yet in force, or no longer (45 CFR 164.308(b)(3), 164.504(e)(2)(iii)).
    case agreementNotInForce = "baa_not_in_force"
    /// The agreement lets the vendor train on what it is given (45 CFR 164.504(e)(2)(i)).
    case trainingNotProhibited = "training_not_prohibited"
    /// The agreement is for other operations, models or endpoints (45 CFR 164.504(e)(2)(i)).
    case serviceNotCovered = "service_not_covered"
    /// The agreement does not permit the purpose of the use case (45 CFR 164.504(e)(2)(i), (e)(2)(ii)(A)).
    case purposeNotPermitted = "purpose_not_permitted"
    /// A subcontractor of the vendor's has no agreement in force of its own (45 CFR 164.502(e)(1)(ii),
    /// 164.504(e)(2)(ii)(D), (e)(5)).
    case subcontractorNotCovered = "subcontractor_not_covered"
    /// The use case wants nothing kept, and the vendor has not attested that it keeps nothing (45 CFR 164.502(b),
    /// 164.504(e)(2)(ii)(J)).
    case zeroRetentionNotAttested = "zero_retention_not_attested"
    /// The agreement is for another kind of deployment (45 CFR 164.504(e)(2)(i)).
    case environmentMismatch = "environment_mismatch"
    /// The agreement does not let the vendor process in its region (45 CFR 164.504(e)(2)(ii)(A)).
    case regionNotCovered = "region_not_covered"
    /// No route leads from the use case to the vendor (45 CFR 164.502(a), 164.506).
    case noRoute = "no_route"
    /// The route from the use case to the vendor is not open, or no longer (45 CFR 164.502(a), 164.506).
    case routeExpired = "route_expired"
    /// The request holds what stays inside, and the vendor is not (42 CFR Part 2; 45 CFR 164.508(a)(2), 164.522(a)).
    case sensitiveInsideOnly = "sensitive_inside_only"
    /// The request holds what the agreement does not cover (45 CFR 164.502(b), 164.514(d)).
    case dataClassNotCovered = "data_class_not_covered"
    /// The vendor gave no evidence of what runs on its machine (45 CFR 164.312(a)(2)(iv)).
    case attestationUnavailable = "attestation_unavailable"
    /// The evidence is not signed by the verifier (45 CFR 164.312(a)(2)(iv)).
    case attestationNotGenuine = "attestation_not_genuine"
    /// The time of the evidence is over, or has not begun (45 CFR 164.312(a)(2)(iv)).
    case attestationExpired = "attestation_expired"
    /// The evidence was made for another question (45 CFR 164.312(a)(2)(iv)).
    case attestationReplayed = "attestation_replayed"
    /// The verifier does not affirm the machine (45 CFR 164.312(a)(2)(iv)).
    case attestationNotAffirmed = "attestation_not_affirmed"
    /// Somebody may look into the machine (45 CFR 164.312(a)(2)(iv)).
    case attestationDebuggable = "attestation_debuggable"
    /// Something else runs on the machine than may (45 CFR 164.312(a)(2)(iv)).
    case attestationMeasurement = "attestation_measurement"
    /// The connection is to another machine than the evidence (45 CFR 164.312(a)(2)(iv)).
    case attestationNotBound = "attestation_not_bound"
    /// Somebody stopped the vendor, the model or the use case (45 CFR 164.308(a)(6)(ii)).
    case stoppedByOperator = "stopped_by_operator"
    /// What somebody has stopped cannot be read, so that nothing may go on (45 CFR 164.308(a)(6)(ii)).
    case stopsUnreadable = "stops_unreadable"
    /// The vendor processes data in a region that is not approved (45 CFR 164.308(a)(1)(ii)(B)).
    case regionNotApproved = "region_not_approved"
    /// The vendor does not offer what is asked for, in this dialect or by translation.
    case operationNotOffered = "operation_not_offered"
    /// The request says what the dialect of its vendor cannot say.
    case notTranslated = "not_translated"
    /// The vendor would keep the request or its answer, or is to go on from what it has kept.
    case keptByVendor = "kept_by_vendor"
    /// The caller has as much kept by vendors as it may.
    case tooMuchKept = "too_much_kept"
    /// The vendor is to use a tool of its own, or of others.
    case vendorTool = "vendor_tool"
    /// The session or the place in a list was not given to this caller for this tool server.
    case unknownSession = "unknown_session"
    /// The tool is not on the list of those that the server may run.
    case toolNotAllowed = "tool_not_allowed"
    /// The request asks for a feature of the interface that may keep data or talk to others.
    case featureNotAllowed = "feature_not_allowed"
    /// A policy forbids it (45 CFR 164.308(a)(4), 164.312(a)(1)).
    case forbiddenByPolicy = "forbidden_by_policy"
    /// No policy permits it (45 CFR 164.308(a)(4), 164.312(a)(1)).
    case notPermittedByPolicy = "not_permitted_by_policy"
    /// The caller is not among those that may ask what the policies would decide.
    case decisionsNotAllowed = "decisions_not_allowed"
    /// A policy permits it under a condition that is not met, or that nobody can meet yet.
    case obligationUnmet = "obligation_unmet"
    /// The patient has restricted it, and that was agreed to (45 CFR 164.522(a)(1)(iii)).
    case restrictedByPatient = "restricted_by_patient"
    /// The patient has paid for it in full and restricts who is told (45 CFR 164.522(a)(1)(vi)).
    case restrictedPaidInFull = "restricted_paid_in_full"
    /// The patient does not consent to it (45 CFR 164.506(b)).
    case consentWithheld = "consent_withheld"
    /// Nothing but the patient's authorization allows it, and none in force covers it (45 CFR 164.508(a)(1)).
    case authorizationMissing = "authorization_missing"
    /// The log has changes of the register of consents that the register lacks (45 CFR 164.508(b)(5), 164.522(a)(1)(iii)).
    case registerBehind = "register_behind"
    /// A part of the request cannot be searched for identifiers.
    case uninspectableContent = "uninspectable_content"
    /// The use case takes no known identifiers with a request.
    case knownNotAccepted = "known_not_accepted"
    /// The use case wants to know the patient or the member of the workforce, and the request does not say.
    case partyRequired = "party_required"
    /// The records of a party were disposed of, and with them its key.
    case subjectDisposed = "subject_disposed"
    /// The caller has brought as many new people as it may in a day.
    case tooManySubjects = "too_many_subjects"
    /// Something was found with less confidence than the site accepts.
    case lowConfidence = "low_confidence"
    /// A reader that was to be asked failed, so that what the request holds is not known.
    case detectionUnavailable = "detection_unavailable"
    /// The caller is not among the readers of the log.
    case logNotReadable = "log_not_readable"
    /// The vault is locked, or its key provider cannot be reached: nothing can be sealed, so nothing is sent.
    case keysUnavailable = "keys_unavailable"
    /// There is an emergency, and the use case can wait (45 CFR 164.308(a)(7)(ii)(C)).
    case emergencyMode = "emergency_mode"
    /// The vendor is at work for as many as it may be, and too many wait for it.
    case vendorBusy = "vendor_busy"
    /// As many requests as may be wait to be carried out later.
    case queueFull = "queue_full"
    /// The vendor has failed too often, and is left in peace for a while.
    case vendorResting = "vendor_resting"
    /// The caller, its user or the use case has had as much as it may for now.
    case rateLimited = "rate_limited"
    /// The vendor has been asked for as much as it may be for now.
    case vendorRateLimited = "vendor_rate_limited"

    /// Whether another vendor of the use case's chain may be fit where one is not.
    var isAboutVendor: Bool {
      switch self {
      case .noAgreement, .agreementNotInForce, .trainingNotProhibited, .regionNotApproved, .operationNotOffered,
        .notTranslated, .featureNotAllowed, .serviceNotCovered, .purposeNotPermitted, .subcontractorNotCovered,
        .zeroRetentionNotAttested, .environmentMismatch, .regionNotCovered, .dataClassNotCovered, .stoppedByOperator,
        .vendorBusy, .vendorResting, .attestationUnavailable, .attestationNotGenuine, .attestationExpired,
        .attestationReplayed, .attestationNotAffirmed, .attestationDebuggable, .attestationMeasurement,
        .attestationNotBound, .vendorRateLimited,
        .noRoute, .routeExpired, .sensitiveInsideOnly, .forbiddenByPolicy, .notPermittedByPolicy, .obligationUnmet,
        .restrictedByPatient, .restrictedPaidInFull, .consentWithheld, .authorizationMissing:
        true
      case .useCaseNotGranted, .modelNotAllowed, .keptByVendor, .vendorTool, .toolNotAllowed, .uninspectableContent,
        .knownNotAccepted, .partyRequired, .subjectDisposed, .lowConfidence, .detectionUnavailable, .logNotReadable,
        .keysUnavailable, .stopsUnreadable, .unknownSession, .tooManySubjects, .tooMuchKept, .rateLimited,
        .emergencyMode, .decisionsNotAllowed, .queueFull, .grantLapsed, .grantsUnreadable, .registerBehind:
        false
      }
    }

    /// What would change the decision.
    package var help: String {
      switch self {
      case .useCaseNotGranted: "name one of the caller's use cases in the header `x-cordon-use-case`"
      case .grantLapsed:
        "`cordon grant list` says who removed it or when it ended; `cordon grant restore` gives it back"
      case .grantsUnreadable:
        "nothing was sent; make the file `grants.removed` of the data directory readable, or, after a restore, "
          + "`cordon grant settle`"
      case .modelNotAllowed: "ask for a model that GET /v1/models lists"
      case .noAgreement: "record a signed business associate agreement for the vendor"
      case .agreementNotInForce: "renew the agreement, or route the use case to another vendor"
      case .trainingNotProhibited: "agree with the vendor that it does not train on this organisation's data"
      case .serviceNotCovered: "have the agreement cover it, or use what it covers"
      case .purposeNotPermitted: "have the agreement permit the purpose, or use another vendor for it"
      case .subcontractorNotCovered: "have the vendor put an agreement with its subcontractor in force, and record it"
      case .zeroRetentionNotAttested: "have the vendor attest that it keeps nothing, and record the day"
      case .environmentMismatch: "record an agreement for this kind of deployment"
      case .regionNotCovered: "have the agreement cover the region, or use an endpoint in one that it covers"
      case .dataClassNotCovered: "leave it out, or have the agreement cover it"
      case .noRoute: "add a route with an owner, a basis and an end under `routes`, or use another vendor"
      case .routeExpired: "have the route's owner renew it under `routes`, or use another vendor"
      case .sensitiveInsideOnly: "name a `vendor` that is inside under `sensitive`, or leave out what is sensitive"
      case .attestationUnavailable: "nothing was sent; see that the vendor gives evidence of what runs on its machine"
      case .attestationNotGenuine: "have the vendor give evidence that the verifier has signed, or pin its new keys"
      case .attestationExpired: "have the vendor fetch a new result from the verifier for each question"
      case .attestationReplayed: "have the vendor put the nonce of the question into its evidence"
      case .attestationNotAffirmed: "have the vendor bring its machine into the state that the verifier affirms"
      case .attestationDebuggable: "have the vendor run the model where nobody can debug it"
      case .attestationMeasurement: "allow the measurement, after a look at what it is of, or use another vendor"
      case .attestationNotBound: "have the vendor put the TLS key of its machine into its evidence"
      case .stoppedByOperator: "`cordon kill --list` says who stopped it and why; `cordon kill --lift` lets it go on"
      case .stopsUnreadable: "nothing was sent; make the folder `kill` of the data directory readable"
      case .regionNotApproved: "approve the region, or route the use case to a vendor in an approved one"
      case .operationNotOffered: "use an endpoint that the vendor offers, or another use case"
      case .notTranslated: "leave it out, or ask a vendor that speaks the request's own dialect"
      case .keptByVendor:
        "send the whole conversation with each request, with `store` left out or false, or let the use case have `kept_by_vendor`"
      case .tooMuchKept: "delete what is not needed any more, or raise `limits.kept_maps` and `limits.kept_bytes`"
      case .vendorTool: "leave the tool out, or name its kind under `vendor_tools` of the use case"
      case .unknownSession: "begin another session, or the list from its beginning"
      case .toolNotAllowed: "call a tool that `tools/list` shows, or name it under `tools` of the server"
      case .featureNotAllowed: "leave the header out, or name the feature under `features` of the vendor"
      case .forbiddenByPolicy: "change what the policy names, or have two people change the policy"
      case .notPermittedByPolicy: "ask for what a policy permits, or have two people adopt one that permits it"
      case .decisionsNotAllowed: "name the caller under `policy.asked_by`"
      case .obligationUnmet: "meet the condition, or have two people change the policy"
      case .restrictedByPatient, .restrictedPaidInFull:
        "use a recipient that is not restricted; the privacy officer can see what is: `cordon consent list`"
      case .consentWithheld:
        "use what the patient consents to; `cordon consent list` shows the privacy officer what that is"
      case .authorizationMissing: "have the patient sign an authorization, and record it: `cordon consent add`"
      case .registerBehind:
        "nothing was sent; `cordon consent behind` shows the privacy officer what it lacks, and `cordon consent settle` ends it"
      case .uninspectableContent: "send the content as text"
      case .knownNotAccepted: "leave out the member `cordon`, or let the use case accept known identifiers"
      case .partyRequired: "name them in the headers `x-cordon-patient` and `x-cordon-user`"
      case .subjectDisposed: "no access to a person whose records were disposed of can be recorded"
      case .tooManySubjects: "name only people whom requests are about, or raise `vault.new_subjects_per_day`"
      case .lowConfidence: "write what is meant more plainly, or lower `detection.confidence_floor`"
      case .detectionUnavailable: "nothing was sent; try again, or look after the model of `detection`"
      case .logNotReadable: "name the caller under `log.readers`"
      case .keysUnavailable: "nothing was sent; unlock the vault or bring its key provider back"
      case .vendorBusy, .vendorResting, .queueFull: "nothing was sent or lost, please try again a little later"
      case .emergencyMode: "nothing was lost; please try again later, or see `cordon emergency status`"
      case .rateLimited, .vendorRateLimited: "nothing was sent or lost, please try again when `retry-after` is over"
      }
    }
  }

  /// The sentence that the caller reads.
  package var message: String {
    switch rule {
    case .vendorBusy, .vendorResting, .emergencyMode, .queueFull: "\(fact); \(rule.help)"
    case .rateLimited, .vendorRateLimited:
      "refused by rule `\(rule.rawValue)`: \(fact); "
        + (retryAfter.map { "please try again in \($0)s, nothing was sent or lost" } ?? "name fewer at once")
    default: "refused by rule `\(rule.rawValue)`\(rule.citation): \(fact); \(rule.help)"
    }
  }
}
