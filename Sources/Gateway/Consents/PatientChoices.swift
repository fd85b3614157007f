package import PHI

/// What patients have authorized and restricted, of those whom one request is about.
struct PatientChoices: Sendable {
  /// Who they are, as the request names them; none where it names nobody.
  let patients: [String]
  /// How often the register had been changed before it was read; nil when it never had.
  let generation: Int64?
  /// The number of what had been found of the register before it was read.
  let number: Int
  /// The register of each.
  var registers: [ConsentRegister] = []

  /// Nobody's.
  static let none = PatientChoices(of: [], at: nil, number: 0)

  init(of patients: [String], at generation: Int64?, number: Int) {
    (self.patients, self.generation, self.number) = (patients, generation, number)
  }

  /// Why a use is refused: what a patient has restricted, or that it takes an authorization which one of them has not given.
  func refusal(of use: ConsentUse, on today: CalendarDate) -> Refusal? {
    for register in registers {
      if let restriction = register.restriction(of: use, on: today) {
        return Refusal(restriction, of: use)
      }
    }
    guard use.needsAuthorization else { return nil }
    guard !registers.isEmpty else {
      return Refusal(
        .authorizationMissing, "its route is open to what a patient has authorized, and the request names no patient")
    }
    for register in registers where !register.authorizes(use, on: today) {
      return Refusal(register.lack(of: use, on: today), of: use)
    }
    return nil
  }

  /// What every one of the patients consents to, for policies.
  func consents(to use: ConsentUse, on today: CalendarDate) -> Set<String> {
    guard let first = registers.first else { return [] }
    return registers.dropFirst().reduce(first.consents(to: use, on: today)) {
      $0.intersection($1.consents(to: use, on: today))
    }
  }

  /// What any of the patients has consented to, and does not any more: whoever says that they do is wrong.
  func withdrawn(from use: ConsentUse, on today: CalendarDate) -> Set<String> {
    registers.reduce(into: Set<String>()) { $0.formUnion($1.withdrawn(from: use, on: today)) }
  }
}

extension ConsentRegister {
  /// What would be said of a use of what is this patient's: why it would be refused, and what policies would be told that the
  /// patient consents to.
  package func answer(
    vendor: String, caller: String, purpose: String, classes: Set<String>, unsearched: Unsearched = .nothing,
    needingAuthorization: Bool, on today: CalendarDate
  ) -> (refusal: Refusal?, consents: [String]) {
    let use = ConsentUse(
      vendor: vendor, caller: caller, purpose: purpose, classes: classes, unsearched: unsearched,
      needsAuthorization: needingAuthorization)
    var choices = PatientChoices(of: [], at: nil, number: 0)
    choices.registers = [self]
    return (choices.refusal(of: use, on: today), consents(to: use, on: today).sorted())
  }
}

extension PatientChoices: CustomStringConvertible, CustomReflectable {
  /// No more than what it is.
  var description: String { "choices" }
  /// Nothing: a dump shows nobody.
  var customMirror: Mirror { Mirror(self, children: []) }
}

extension ConsentRegister {
  /// What forbids a use: the first restriction in force that it touches, and that does not let it be.
  func restriction(of use: ConsentUse, on today: CalendarDate) -> ConsentRecord? {
    records.first { record in
      !record.isAuthorization && record.isInForce(on: today) && record.scope.touches(use)
        && !record.exceptions.contains { $0.covers(use) }
    }
  }

  /// Whether authorizations in force cover a use: each is for its recipient and its purpose, and together they are about all
  /// of its classes.
  func authorizes(_ use: ConsentUse, on today: CalendarDate) -> Bool {
    let reaching = authorizations(of: use).filter { $0.isInForce(on: today) }
    let classes = reaching.reduce(into: Set<String>()) { $0.formUnion($1.scope.classes) }
    return !use.classes.isEmpty && use.authorized.isSubset(of: classes)
  }

  /// What policies call that to which authorizations in force consent.
  func consents(to use: ConsentUse, on today: CalendarDate) -> Set<String> {
    authorizations(of: use).filter { $0.isInForce(on: today) }.reduce(into: Set<String>()) {
      $0.formUnion($1.names)
      $0.formUnion($1.scope.classes)
    }
  }

  /// What policies call that to which only authorizations consent that are over.
  package func withdrawn(vendor: String, caller: String, purpose: String, on today: CalendarDate) -> Set<String> {
    withdrawn(
      from: ConsentUse(
        vendor: vendor, caller: caller, purpose: purpose, classes: [], unsearched: .nothing, needsAuthorization: false),
      on: today)
  }

  fileprivate func withdrawn(from use: ConsentUse, on today: CalendarDate) -> Set<String> {
    authorizations(of: use).filter { $0.ended != nil || $0.expires.map { $0 < today } == true }
      .reduce(into: Set<String>()) {
        $0.formUnion($1.names)
        $0.formUnion($1.scope.classes)
      }.subtracting(consents(to: use, on: today))
  }

  /// Why no authorization covers a use.
  fileprivate func lack(of use: ConsentUse, on today: CalendarDate) -> AuthorizationLack {
    guard let last = authorizations(of: use).last else { return .absent }
    if let ended = last.ended { return ended.because.lack }
    if let expires = last.expires, expires < today { return .expired }
    return last.begins > today ? .early : .narrower
  }

  private func authorizations(of use: ConsentUse) -> [ConsentRecord] {
    records.filter { $0.isAuthorization && $0.scope.reaches(use) }
  }
}

extension Refusal {
  /// What a use is refused by that a patient has restricted: which kind of restriction, and nothing of the patient.
  fileprivate init(_ restriction: ConsentRecord, of use: ConsentUse) {
    let rule: Rule =
      switch restriction.kind {
      case .paidInFull: .restrictedPaidInFull
      case .withheld: .consentWithheld
      // An authorization restricts nothing.
      case .agreed, .authorization: .restrictedByPatient
      }
    self.init(rule, "what the patient has chosen keeps it from vendor `\(use.vendor)` for purpose `\(use.purpose)`")
  }

  /// What a use is refused by that no authorization covers: the log has why.
  fileprivate init(_ lack: AuthorizationLack, of use: ConsentUse) {
    self.init(
      .authorizationMissing,
      "no authorization of the patient in force covers vendor `\(use.vendor)` and purpose `\(use.purpose)`")
    self.lack = lack
  }
}
