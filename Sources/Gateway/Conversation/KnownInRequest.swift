import Bytes
import Detection
import Providers

extension ChatRequest {
  /// What the caller knows of the people in the request, from the member `cordon` of its body: `{"known":{…}}`.
  ///
  /// The member never goes to a vendor. A mistake in it refuses the request: a name left out unnoticed would be a name
  /// let through.
  func known() throws(KnownIdentifiersError) -> KnownIdentifiers? {
    guard let gatewayMember else { return nil }
    let member: JSONValue
    do throws(JSONError) {
      member = try JSONValue(parsing: gatewayMember)
    } catch {
      throw KnownIdentifiersError(.wrongType(expected: "JSON: \(error)"), at: "cordon")
    }
    if member == .null { return nil }
    guard let members = member.members else {
      throw KnownIdentifiersError(.wrongType(expected: "an object"), at: "cordon")
    }
    guard members.allSatisfy({ $0.name == "known" }) else {
      throw KnownIdentifiersError(.unknownMember(allowed: ["known"]), at: "cordon")
    }
    guard let known = member["known"] else { return nil }
    do throws(KnownIdentifiersError) {
      return try KnownIdentifiers(known)
    } catch {
      throw KnownIdentifiersError(error.code, at: error.path.isEmpty ? "cordon.known" : "cordon.known.\(error.path)")
    }
  }
}
