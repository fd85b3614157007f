/// Which Cordon this is.
package enum CordonRelease {
  /// The version, as `cordon --version`, records of the log and tool servers are told it.
  package static let version = "0.1.0"
}
