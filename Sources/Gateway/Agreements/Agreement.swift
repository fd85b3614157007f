package import Ciphers
package import Ledger
package import PHI
package import Providers

/// A business associate agreement, as far as the way of a request depends on it (45 CFR 164.504(e)).
///
/// What is nil was not agreed in words that Cordon checks: an entry of `cordon.yaml` may leave it out, one of the
/// registry may not.
package struct Agreement: Hashable, Sendable {
  package var id: ConfiguredID<Agreement>
  /// The day it was signed.
  package var signed: CalendarDate
  /// The day it takes effect; nil when that is the day it was signed.
  package var effective: CalendarDate?
  /// The last day on which it is in force.
  package var expires: CalendarDate
  /// The day from which on it is not in force any more, because it was terminated (45 CFR 164.504(e)(2)(iii)).
  package var terminated: CalendarDate?
  /// Whether the vendor may not train on what it is given (45 CFR 164.504(e)(2)(i)).
  package var prohibitsTraining: Bool
  /// The day on which the vendor last attested that it keeps nothing; nil when it has not.
  package var zeroRetentionAttested: CalendarDate?
  /// Within how many hours the vendor reports a breach (45 CFR 164.504(e)(2)(ii)(C), 164.410).
  package var breachReportHours: Int?
  /// The regions in which it lets the vendor process.
  package var regions: Set<ConfiguredID<Configuration.Region>>?
  /// What kind of deployment it is for.
  package var environment: DeploymentEnvironment?
  /// What may be asked of the vendor.
  package var services = ServiceScope()
  /// The purposes for which the vendor may be asked (45 CFR 164.504(e)(2)(i)).
  package var purposes: Set<ConfiguredID<UseCase.Purpose>>?
  /// What a request may hold (45 CFR 164.502(b), 164.514(d)).
  package var dataClasses: Set<DataClass>?
  /// Whom the vendor passes text on to, each with an agreement of its own (45 CFR 164.504(e)(2)(ii)(D)).
  package var subcontractors: [Subcontractor] = []
  /// Where in the document each clause stands that the law requires.
  package var clauses: [RequiredClause: String]?
  /// The hash of the signed document.
  package var document: Digest?

  /// The first day on which it is in force: nothing is assured in writing before it is signed (45 CFR 164.308(b)(3)).
  package var begins: CalendarDate { max(signed, effective ?? signed) }

  /// Whether the agreement is in force on this day, in UTC.
  package func isInForce(on day: CalendarDate) -> Bool {
    begins <= day && day <= expires && terminated.map { day < $0 } != false
  }
}

/// Whom a vendor passes text on to.
package struct Subcontractor: Hashable, Sendable {
  /// Its name.
  package var name: ConfiguredID<Subcontractor>
  /// The agreement that the vendor has with it; nil when there is none.
  package var agreement: ConfiguredID<Agreement>?
  /// The first and the last day of that agreement.
  package var days: ClosedRange<CalendarDate>?
  /// The models that it runs; nil when it has to do with all.
  package var models: Set<ModelName>?

  /// Whether requests for a model come to it.
  func hasToDo(with model: ModelName?) -> Bool {
    guard let models, let model else { return true }
    return models.contains(model)
  }

  /// Whether an agreement with it is in force on this day.
  package func isCovered(on day: CalendarDate) -> Bool { agreement != nil && days?.contains(day) == true }
}

/// What an agreement lets a vendor be asked for; nil is no bound.
package struct ServiceScope: Hashable, Sendable {
  package var operations: Set<Operation>?
  /// Whether the vendor may be handed files and batches of them, which it keeps for a time.
  package var coversBatches = true
  package var models: Set<ModelName>?
  /// The hosts, with a port where one is given.
  package var endpoints: Set<String>?
}

/// What kind of deployment a gateway is, and an agreement is for.
package enum DeploymentEnvironment: String, CaseIterable, Hashable, Sendable {
  case production
  case test
}

/// A class of data that a request may hold.
package enum DataClass: Hashable, Sendable {
  /// Identifiers of a kind; their values stay here, that they were there does not.
  case identifier(Identifier)
  /// What nobody can search: images, sound, files.
  case uninspected(Uninspectable.Reason)

  /// The class of this name; nil for a name that is none.
  package init?(_ name: String) {
    if let kind = Identifier(label: name) {
      self = .identifier(kind)
    } else if let reason = Uninspectable.Reason(rawValue: name), Self.named.contains(reason) {
      self = .uninspected(reason)
    } else {
      return nil
    }
  }

  /// Its name.
  package var name: String {
    switch self {
    case .identifier(let kind): kind.label
    case .uninspected(let reason): reason.rawValue
    }
  }

  private static let named: Set<Uninspectable.Reason> = [.image, .audio, .file]

  /// The names of all.
  package static var names: [String] { Identifier.allCases.map(\.label) + named.map(\.rawValue).sorted() }
}
