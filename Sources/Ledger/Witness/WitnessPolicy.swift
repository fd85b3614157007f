/// Whose cosignatures a checkpoint needs: so many of these witnesses'.
package struct WitnessPolicy: Hashable, Sendable {
  /// No cosignatures.
  package static let none = WitnessPolicy(keys: [], quorum: 0)

  /// The witnesses.
  package let keys: [VerifierKey]
  /// How many of them must cosign.
  package let quorum: Int

  /// A policy; all witnesses must cosign unless fewer are said to be enough.
  ///
  /// - Precondition: no more are wanted than there are.
  package init(keys: [VerifierKey], quorum: Int? = nil) {
    precondition((0...keys.count).contains(quorum ?? 0), "so many witnesses are not there")
    self.keys = keys
    self.quorum = quorum ?? keys.count
  }
}
