/// Why a profile does not allow a method, or cannot be had.
package struct ProfileRefusal: Hashable, Sendable {
  /// The paragraph that forbids it, or what has to be given.
  package let rule: String
  /// The fact that stands against it.
  package let reason: String
  /// What would be allowed.
  package let remedy: String
}
