import Bytes
import EmbeddedPolicies

/// The policies for a hospital that Cordon brings along, with their schema, as Cedar text.
package enum HospitalPolicies {
  /// The policies.
  package static let policies = bytes(
    of: unsafe StaticBytes(unsafe: cordon_policies_start(), count: cordon_policies_size))

  /// What they may speak of: the people, models and data that the gateway tells them about.
  package static let schema = bytes(
    of: unsafe StaticBytes(unsafe: cordon_policy_schema_start(), count: cordon_policy_schema_size))

  private static func bytes(of text: StaticBytes) -> [UInt8] { (0..<text.count).map { text[$0] } }
}
