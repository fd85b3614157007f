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

/// Something that a list of the configuration grants: its name, or its name with the last day on which it is granted.
struct GrantedItem {
  /// The place of its name.
  let name: ConfigurationNode
  let terms: GrantTerms
}

extension ConfigurationNode {
  /// The items of a list that grants something.
  func grantedItems() throws(ConfigurationError) -> [GrantedItem] {
    var items: [GrantedItem] = []
    for element in try elements() {
      let line = element.node.mark?.line
      guard element.node.mapping != nil else {
        items.append(GrantedItem(name: element, terms: GrantTerms(line: line)))
        continue
      }
      let members = try element.members("name", "until")
      let until = try members.required("until").date()
      items.append(GrantedItem(name: try members.required("name"), terms: GrantTerms(until: until, line: line)))
    }
    return items
  }

  /// A list of granted names, each once, such as those of roles.
  func grantedNames() throws(ConfigurationError) -> [String: GrantTerms] {
    var names: [String: GrantTerms] = [:]
    for item in try grantedItems() {
      let name = try item.name.text()
      guard ConfiguredID<PolicySettings>(name) != nil, names.updateValue(item.terms, forKey: name) == nil else {
        throw item.name.error(.wrongForm(expected: "a name, each once"))
      }
    }
    return names
  }
}
