/// Which of a tool server's tools may be used, and what they are told.
package struct ToolAccess: Hashable, Sendable {
  /// The tools that may be listed and called.
  package var tools: Granted<String>
  /// Whether calls carry identifiers as they are.
  ///
  /// It is for a server that could do nothing with tokens, such as one that looks up a patient.
  package var seesIdentifiers = false
}

extension ToolAccess {
  init(_ members: ConfigurationMembers) throws(ConfigurationError) {
    let expected = "a tool's name, each once"
    tools = try members.required("tools").granted(once: expected) { name throws(ConfigurationError) in
      let text = try name.text()
      guard (1...64).contains(text.utf8.count) else { throw name.error(.wrongForm(expected: expected)) }
      return text
    }
    guard let identifiers = members["identifiers"] else { return }
    switch try identifiers.text() {
    case "tokens": seesIdentifiers = false
    case "clear": seesIdentifiers = true
    default: throw identifiers.error(.wrongForm(expected: "`tokens` or `clear`"))
    }
  }
}
