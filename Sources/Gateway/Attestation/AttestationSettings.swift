package import Attestation
import Yams

/// What `vendors[].attestation` says: how a vendor in confidential compute proves what runs there.
package struct AttestationSettings: Hashable, Sendable {
  /// Where the evidence is, on the vendor's own host.
  package var path: String
  /// The file with the verifier's public keys.
  package var keys: String
  /// The certificates that the vendor's is checked by; nil for the system's.
  package var authorities: String?
  /// What the evidence must say.
  package var policy: AttestationPolicy
}

extension AttestationSettings {
  /// Reads the settings of a vendor with these members.
  init(_ node: ConfigurationNode, of vendor: ConfigurationMembers) throws(ConfigurationError) {
    guard try vendor["base_url"]?.text().hasPrefix("https://") == true else {
      throw node.error(.wrongForm(expected: "left out: only a connection over https can be bound to evidence"))
    }
    let members = try node.members(
      "path", "issuer", "audience", "profile", "keys", "measurements", "max_age_seconds", "status", "claims",
      "authorities")
    path = try Self.path(members.required("path"))
    keys = try members.required("keys").text()
    authorities = try members["authorities"]?.text()
    var measurements: [String] = []
    for measurement in try members.required("measurements").elements() { measurements.append(try measurement.text()) }
    guard !measurements.isEmpty else {
      throw try members.required("measurements").error(.wrongForm(expected: "a list of at least one measurement"))
    }
    policy = AttestationPolicy(issuer: try members.required("issuer").text(), measurements: measurements)
    policy.audience = try members["audience"]?.text()
    policy.profile = try members["profile"]?.text()
    if let status = members["status"] {
      switch try status.text() {
      case "required": policy.needsStatus = true
      case "none": policy.needsStatus = false
      default: throw status.error(.wrongForm(expected: "`required` or `none`"))
      }
    }
    if let age = members["max_age_seconds"] { policy.maxAgeSeconds = try age.integer(in: 1...86_400) }
    guard let claims = try members["claims"]?.members("measurement", "key", "debug") else { return }
    if let place = claims["measurement"] { policy.claims.measurement = try Self.names(place) }
    if let place = claims["key"] { policy.claims.key = try Self.names(place) }
    if let place = claims["debug"] { policy.claims.debug = try Self.names(place) }
  }

  private static func path(_ node: ConfigurationNode) throws(ConfigurationError) -> String {
    let text = try node.text()
    guard text.hasPrefix("/"), !text.hasPrefix("//"), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x23 })
    else { throw node.error(.wrongForm(expected: "a path on the vendor's own host, such as /.well-known/attestation")) }
    return text
  }

  /// One name, or the names on the way to a claim of a claim.
  private static func names(_ node: ConfigurationNode) throws(ConfigurationError) -> [String] {
    guard node.node.sequence != nil else { return [try node.text()] }
    var names: [String] = []
    for name in try node.elements() { names.append(try name.text()) }
    guard !names.isEmpty else { throw node.error(.wrongForm(expected: "the name of a claim")) }
    return names
  }
}

extension Vendor.Place {
  /// The scheme, the host and the port of the address.
  var origin: String {
    let scheme = baseURL.hasPrefix("https://") ? "https://" : "http://"
    return scheme + baseURL.dropFirst(scheme.utf8.count).prefix { $0 != "/" }
  }
}
