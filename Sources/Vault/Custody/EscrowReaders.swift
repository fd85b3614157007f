/// Who can open an escrow, as two people sign it: the recipients in one order, or that there is a passphrase.
package struct EscrowReaders: Hashable, Sendable {
  /// The parameter of a proposal that says it.
  package static let parameter = "recipients"
  /// Whoever knows the passphrase, which nobody but its maker has seen.
  package static let passphrase = EscrowReaders(text: "passphrase")

  /// The value of the parameter.
  package let text: String

  private init(text: String) { self.text = text }

  /// The holders of the keys of these recipients, such as `age1…`; nil when there are none.
  package init?(_ recipients: [String]) {
    guard !recipients.isEmpty else { return nil }
    text = Set(recipients).sorted().joined(separator: ",")
  }
}
