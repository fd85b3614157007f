import Deidentification

/// Names the record of an approval that somebody gave; only its id exists.
package enum Approval {}

extension UseCase {
  /// The header by which an answer cites the approval under which it may hold identifiers in the clear.
  static let approvalHeader = "x-cordon-approval"

  /// What an answer says of that approval.
  var citation: [(name: String, value: String)] { approval.map { [(Self.approvalHeader, $0.name)] } ?? [] }

  /// Reads whether answers may hold identifiers in the clear: `authorised` needs the id of an approval, and `blocked`
  /// contradicts everything that lets one through.
  mutating func readOutput(_ members: ConfigurationMembers) throws(ConfigurationError) {
    switch try members["phi_in_output"]?.text() {
    case "authorised": approval = try members.required("approval").id()
    case "blocked":
      if let restore = members["restore"], !restores.isEmpty {
        throw restore.error(.wrongForm(expected: "`none`: `phi_in_output` is `blocked`"))
      }
      if let novel = members["novel_identifiers"], novelty == .pass {
        throw novel.error(.wrongForm(expected: "`redact` or `block`: `phi_in_output` is `blocked`"))
      }
      try Self.leaveOutApproval(members)
    case nil: try Self.leaveOutApproval(members)
    default:
      throw try members.required("phi_in_output").error(.wrongForm(expected: "`authorised` or `blocked`"))
    }
  }

  /// Reads the hosts that calls of tools may go to with what is put back into them.
  mutating func readToolHosts(_ members: ConfigurationMembers) throws(ConfigurationError) {
    for place in try members["tool_hosts"]?.elements() ?? [] {
      guard let host = HostList.Host(try place.text()) else {
        throw place.error(
          .wrongForm(
            expected: "a host in lower case such as `ehr.clinic.example`, `*.clinic.example`, `10.0.0.7` or `ehr:8443`")
        )
      }
      guard toolHosts.insert(host) else { throw place.error(.duplicate) }
    }
  }

  private static func leaveOutApproval(_ members: ConfigurationMembers) throws(ConfigurationError) {
    guard let approval = members["approval"] else { return }
    throw approval.error(.wrongForm(expected: "left out: only `phi_in_output: authorised` has one"))
  }
}
