/// Which of a tool server's tools may be used, and what they are told.
package struct ToolAccess: Hashable, Sendable {
  /// The tools that may be listed and called.
  package var tools: Set<String>
  /// Until when they may be.
  package var terms: [String: GrantTerms] = [:]
  /// Whether calls carry identifiers as they are.
  ///
  /// It is for a server that could do nothing with tokens, such as one that looks up a patient.
  package var seesIdentifiers = false
}

extension ToolAccess {
  init(_ members: ConfigurationMembers) throws(ConfigurationError) {
    tools = []
    for item in try members.required("tools").grantedItems() {
      let name = try item.name.text()
      guard (1...64).contains(name.utf8.count), tools.insert(name).inserted else {
        throw item.name.error(.wrongForm(expected: "a tool's name, each once"))
      }
      terms[name] = item.terms
    }
    guard let identifiers = members["identifiers"] else { return }
    switch try identifiers.text() {
    case "tokens": seesIdentifiers = false
    case "clear": seesIdentifiers = true
    default: throw identifiers.error(.wrongForm(expected: "`tokens` or `clear`"))
    }
  }
}
