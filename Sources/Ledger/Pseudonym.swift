import Bytes

/// What stands for a person in the log: `p_` and 32 lower-case hexadecimal digits.
///
/// The vault computes it from the person's name under a key of its own; without that key it tells nobody who it is.
package struct Pseudonym: Hashable, Sendable, LosslessStringConvertible {
  /// The pseudonym as it is written.
  package let description: String

  /// The pseudonym of these 16 bytes, an authentication code cut short; nil when there are more or fewer.
  package init?(code: [UInt8]) {
    guard code.count == 16 else { return nil }
    description = "p_\(Hex.encode(code))"
  }

  /// The pseudonym that `text` spells; nil when it is none.
  package init?(_ text: String) {
    let digits = text.utf8.dropFirst(2)
    guard text.hasPrefix("p_"), digits.count == 32,
      digits.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
    else { return nil }
    description = text
  }
}
