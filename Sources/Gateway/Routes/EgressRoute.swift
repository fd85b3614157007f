package import Ledger
package import PHI

/// Who answers for what leaves to whom: without one, nothing goes to a vendor outside this process.
package struct EgressRoute: Hashable, Sendable {
  package var id: ConfiguredID<EgressRoute>
  /// Whose requests go by it.
  package var useCases: Set<ConfiguredID<UseCase>>
  /// Where they go.
  package var vendors: Set<ConfiguredID<Vendor>>
  /// The person or office that answers for it.
  package var owner: ConfiguredID<Owner>
  /// For what.
  package var purpose: ConfiguredID<UseCase.Purpose>
  /// What of the Privacy Rule permits it.
  package var basis: LegalBasis
  /// Why it is there.
  package var justification: Justification
  /// The first day on which it is open; nil from the beginning.
  package var begins: CalendarDate?
  /// The last day on which it is open.
  package var expires: CalendarDate

  /// Names who answers for a route; only the id exists.
  package enum Owner {}

  /// Whether it is open on this day, in UTC.
  package func isOpen(on day: CalendarDate) -> Bool { begins.map { $0 <= day } != false && day <= expires }

  /// Whether requests of a use case go by it to a vendor.
  package func leads(_ useCase: ConfiguredID<UseCase>, to vendor: ConfiguredID<Vendor>) -> Bool {
    useCases.contains(useCase) && vendors.contains(vendor)
  }

  /// What a request is refused by on a day on which it is not open.
  func closed(on day: CalendarDate) -> Refusal {
    let from = begins.map { "from \($0) " } ?? ""
    var refusal = Refusal(.routeExpired, "route `\(id)` is open \(from)to \(expires), today is \(day)")
    refusal.route = id
    return refusal
  }
}

extension EgressRoute {
  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    let members = try node.members(
      "id", "use_cases", "vendors", "owner", "purpose", "basis", "justification", "begins", "expires")
    id = try members.required("id").id()
    owner = try members.required("owner").id()
    purpose = try members.required("purpose").id()
    useCases = []
    for element in try members.required("use_cases").elements() { useCases.insert(try element.id()) }
    vendors = []
    for element in try members.required("vendors").elements() { vendors.insert(try element.id()) }
    let place = try members.required("basis")
    guard let basis = LegalBasis(rawValue: try place.text()) else {
      let known = LegalBasis.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
      throw place.error(.wrongForm(expected: "one of \(known)"))
    }
    guard LegalBasis.fit(for: purpose)?.contains(basis) != false else {
      throw place.error(.wrongForm(expected: "a basis on which data may be disclosed for the purpose `\(purpose)`"))
    }
    self.basis = basis
    let reason = try members.required("justification")
    guard let justification = Justification(try reason.text()) else {
      throw reason.error(
        .wrongForm(expected: "1 to 200 characters of ASCII without quotes, brackets, `\\`, `<`, `>`, `&`, `=` and `|`"))
    }
    self.justification = justification
    begins = try members["begins"]?.date()
    expires = try members.required("expires").date()
    for (name, isEmpty) in [("use_cases", useCases.isEmpty), ("vendors", vendors.isEmpty)] where isEmpty {
      throw try members.required(name).error(.wrongForm(expected: "at least one name"))
    }
  }

  /// The routes of a configuration whose use cases and vendors are known; nil when it says nothing of routes.
  static func list(
    _ node: ConfigurationNode?, in configuration: Configuration
  ) throws(ConfigurationError) -> [EgressRoute]? {
    guard let node else { return nil }
    let vendors = Set(configuration.vendors.map(\.id))
    let useCases = Dictionary(uniqueKeysWithValues: configuration.useCases.map { ($0.id, $0) })
    var routes: [EgressRoute] = []
    for place in try node.elements() {
      let route = try EgressRoute(place)
      guard !routes.contains(where: { $0.id == route.id }) else { throw place.error(.duplicate) }
      guard route.vendors.isSubset(of: vendors) else { throw place.error(.unknownReference(to: "vendor")) }
      for id in route.useCases.sorted(by: { $0.name < $1.name }) {
        guard let useCase = useCases[id] else { throw place.error(.unknownReference(to: "use case")) }
        guard useCase.purpose == route.purpose else {
          throw place.error(.wrongForm(expected: "for the purpose `\(useCase.purpose)` of use case `\(id)`"))
        }
      }
      routes.append(route)
    }
    return routes
  }
}
