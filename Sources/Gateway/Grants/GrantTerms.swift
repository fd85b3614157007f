package import PHI
import Yams

/// On which terms something is granted, and where the configuration says so.
package struct GrantTerms: Hashable, Sendable {
  /// The last day (UTC) on which it is; nil without an end.
  package var until: CalendarDate?
  /// The line of the configuration; nil where it was not read from one.
  package var line: Int?

  package init(until: CalendarDate? = nil, line: Int? = nil) { (self.until, self.line) = (until, line) }

  /// Whether its time is not over on this day.
  package func hold(on day: CalendarDate) -> Bool { until.map { day <= $0 } != false }

  // Where it is written is nothing that a configuration says otherwise.
  package static func == (left: GrantTerms, right: GrantTerms) -> Bool { left.until == right.until }
  package func hash(into hasher: inout Hasher) { hasher.combine(until) }
}

extension ConfigurationNode {
  /// What a list grants, of which each item is a name, or a name with the last day on which it is granted.
  ///
  /// Where a name may not be there twice, `expected` says what is expected.
  func granted<Value>(
    once expected: String? = nil, _ value: (ConfigurationNode) throws(ConfigurationError) -> Value
  ) throws(ConfigurationError) -> Granted<Value> {
    var granted = Granted<Value>()
    for element in try elements() {
      let (name, terms) = try element.grantedItem()
      let value = try value(name)
      if let expected, granted.contains(value) { throw name.error(.wrongForm(expected: expected)) }
      granted.grant(value, on: terms)
    }
    return granted
  }

  /// What a list grants whose items are ids.
  func grantedIDs<Owner>() throws(ConfigurationError) -> Granted<ConfiguredID<Owner>> {
    try granted { name throws(ConfigurationError) in try name.id() }
  }

  /// A list of granted names, each once, such as those of roles.
  func grantedNames() throws(ConfigurationError) -> Granted<String> {
    let expected = "a name, each once"
    return try granted(once: expected) { name throws(ConfigurationError) in
      let text = try name.text()
      guard ConfiguredID<PolicySettings>(text) != nil else { throw name.error(.wrongForm(expected: expected)) }
      return text
    }
  }

  /// The places of the names in a list that grants something.
  func grantedPlaces() throws(ConfigurationError) -> [ConfigurationNode] {
    try elements().map { element throws(ConfigurationError) in try element.grantedItem().name }
  }

  private func grantedItem() throws(ConfigurationError) -> (name: ConfigurationNode, terms: GrantTerms) {
    let line = node.mark?.line
    guard node.mapping != nil else { return (self, GrantTerms(line: line)) }
    let members = try members("name", "until")
    let until = try members.required("until").date()
    return (try members.required("name"), GrantTerms(until: until, line: line))
  }
}
