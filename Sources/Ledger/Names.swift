import Bytes

/// A name from the configuration: of a caller, a use case, a purpose, a vendor, an agreement, a rule, a profile.
///
/// Up to 128 of `A-Z a-z 0-9 . _ - : / @ +`: it needs no escaping anywhere, and prose does not fit into it.
package struct ConfiguredName: Hashable, Sendable, LosslessStringConvertible {
  /// The name.
  package let description: String

  /// The name that `text` is; nil when it is too long, empty or has another character.
  package init?(_ text: String) {
    guard isPlain(text, longest: 128) else { return nil }
    description = text
  }
}

/// The name of a model, which may come from a caller: up to 96 of the characters that model names have.
///
/// What a caller writes is no name from the configuration: record it only when a use case lists that model, and
/// `unlisted` otherwise.
package struct ModelName: Hashable, Sendable, LosslessStringConvertible {
  /// The name of every model that no use case lists.
  package static let unlisted = ModelName(known: "unlisted")

  /// The name.
  package let description: String

  /// The name that `text` is; nil when it is too long, empty or has another character.
  package init?(_ text: String) {
    guard isPlain(text, longest: 96) else { return nil }
    description = text
  }

  private init(known text: String) { description = text }
}

/// The id that the gateway gave a request: unique in a log, which pairs the opening and the closing entry by it.
package struct RequestID: Hashable, Sendable, LosslessStringConvertible {
  /// The id.
  package let description: String

  /// The id that `text` is; nil when it is longer than 64, empty or has another character than names have.
  package init?(_ text: String) {
    guard isPlain(text, longest: 64) else { return nil }
    description = text
  }
}

private func isPlain(_ text: String, longest: Int) -> Bool {
  (1...longest).contains(text.utf8.count)
    && text.utf8.allSatisfy {
      ASCII.isAlphanumeric($0) || (0x2B...0x3A).contains($0) && $0 != 0x2C || $0 == 0x5F || $0 == 0x40
    }
}
