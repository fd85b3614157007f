/// Which of a tool server's tools may be used, and what they are told.
package struct ToolAccess: Hashable, Sendable {
  /// The tools that may be listed and called.
  package var tools: Set<String>
  /// Whether calls carry identifiers as they are.
  ///
  /// It is for a server that could do nothing with tokens, such as one that looks up a patient.
  package var seesIdentifiers = false
}

extension ToolAccess {
  init(_ members: ConfigurationMembers) throws(ConfigurationError) {
    tools = []
    for tool in try members.required("tools").elements() {
      let name = try tool.text()
      guard (1...64).contains(name.utf8.count), tools.insert(name).inserted else {
        throw tool.error(.wrongForm(expected: "a tool's name, each once"))
      }
    }
    guard let identifiers = members["identifiers"] else { return }
    switch try identifiers.text() {
    case "tokens": seesIdentifiers = false
    case "clear": seesIdentifiers = true
    default: throw identifiers.error(.wrongForm(expected: "`tokens` or `clear`"))
    }
  }
}
