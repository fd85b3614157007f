/// What kind of value a token stands for, by the label of the kind: `NAME`, `MRN`.
///
/// 1 to 16 letters from A to Z.
package struct TokenKind: Hashable, Comparable, Sendable, LosslessStringConvertible {
  /// The label.
  package let description: String

  /// The kind with this label, when it is one.
  package init?(_ label: String) {
    guard (1...16).contains(label.utf8.count), label.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else { return nil }
    description = label
  }

  /// Orders by label.
  package static func < (left: TokenKind, right: TokenKind) -> Bool { left.description < right.description }
}
