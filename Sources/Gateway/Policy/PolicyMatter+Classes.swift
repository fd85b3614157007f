import Deidentification
import PHI
import Providers

extension PolicyMatter {
  /// Takes in what a request holds: the identifiers that were found in it, what of it is sensitive, what cannot be read.
  ///
  /// What a use case is said to hold stands for its text; else that is notes when anybody is identified in it, or it says
  /// whom it is about, and de-identified when nobody is. What is shown in the clear is named by its kinds.
  mutating func hold(
    _ identifiers: [Identifier], shown: [Identifier] = [], sensitive: Set<SensitiveClass>,
    unread: some Sequence<Uninspectable.Reason>, about patient: String?, knowing: Bool = false,
    in policy: PolicyInForce?
  ) {
    (found, self.shown) = (identifiers, shown)
    isAboutPatient = patient != nil
    isShown = !shown.isEmpty
    let unread = Set(unread)
    isUnread = !unread.isEmpty
    unsearched = unread.isEmpty ? .nothing : unread == [.image] ? .images : .anything
    let isOfSomebody = !identifiers.isEmpty || patient != nil || knowing || !unread.isEmpty
    classes = policy?.settings.dataClasses[useCase.id] ?? (isOfSomebody ? ["notes"] : ["deidentified"])
    // What is said to be of nobody is not, where somebody is found in it.
    if isOfSomebody, classes.remove("deidentified") != nil, classes.isEmpty { classes = ["notes"] }
    for kind in shown { classes.insert(kind.dataClass) }
    for one in sensitive { classes.insert(one.dataClass) }
    if unread.contains(.image) { classes.insert("imaging") }
    if !shown.isEmpty || !sensitive.isEmpty || !unread.isEmpty { classes.remove("deidentified") }
    confidentiality = !sensitive.isEmpty ? .restricted : classes == ["deidentified"] ? .unrestricted : .normal
  }

  /// Takes in what is known of something that a vendor keeps: what its use case is said to hold.
  mutating func holdKept(_ parties: RequestParties, in policy: PolicyInForce?) {
    isAboutPatient = parties.patient != nil
    classes = policy?.settings.dataClasses[useCase.id] ?? ["notes"]
  }

  /// What something that a vendor keeps may hold besides what its use case is said to hold: nothing first, then every
  /// selection.
  static let keptBesides: [Set<String>] = {
    let others = ["notes", "imaging"] + SensitiveClass.allCases.map(\.dataClass)
    return others.reduce([[]]) { selections, one in selections + selections.map { $0.union([one]) } }
  }()

  /// Takes in what it may hold besides.
  mutating func hold(besides others: Set<String>) {
    guard !others.isEmpty else { return }
    classes = classes.subtracting(["deidentified"]).union(others)
    if !others.isDisjoint(with: SensitiveClass.allCases.map(\.dataClass)) { confidentiality = .restricted }
  }
}

extension Identifier {
  /// The class of data that it is one of when it is shown.
  fileprivate var dataClass: String {
    switch self {
    case .name, .date, .ageOver89, .medicalRecordNumber, .licenseNumber, .vehicle, .device, .biometric, .photograph,
      .otherNumber, .uniqueDescription, .facility, .organization:
      "demographics"
    case .street, .city, .county, .zipCode, .phone, .fax, .email, .url, .ipAddress: "contact"
    case .socialSecurityNumber, .healthPlanNumber, .accountNumber: "billing"
    }
  }
}

extension SensitiveClass {
  /// What policies call it.
  var dataClass: String {
    switch self {
    case .substanceUse: "substance-use"
    case .psychotherapy: "psychotherapy"
    case .hiv: "hiv"
    case .genomics: "genetic"
    case .reproductiveHealth: "reproductive"
    }
  }
}
