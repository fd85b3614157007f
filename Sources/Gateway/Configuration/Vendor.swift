package import PHI

/// Someone who runs a model: where it is reached, how it is paid, and what has been agreed with them.
package struct Vendor: Sendable {
  package var id: ConfiguredID<Vendor>
  package var kind: Kind
  package var region: ConfiguredID<Configuration.Region>?
  package var agreement: Agreement?

  /// How the vendor's model is reached.
  package enum Kind: Sendable {
    /// Any OpenAI-compatible endpoint; `baseURL` ends before `/chat/completions`.
    case openAI(baseURL: String, credential: SecretSource?)
    /// The model inside this binary: no byte leaves the process.
    case loopback
  }

  /// Whether text given to this vendor leaves the process at all.
  package var isOutside: Bool {
    switch kind {
    case .openAI: true
    case .loopback: false
    }
  }
}

/// A business associate agreement, as far as the way of a request depends on it (45 CFR 164.504(e)).
package struct Agreement: Hashable, Sendable {
  package var id: ConfiguredID<Agreement>
  /// The day it was signed and took effect.
  package var signed: CalendarDate
  /// The last day on which it is in force.
  package var expires: CalendarDate
  /// Whether the vendor may not train on what it is given (45 CFR 164.504(e)(2)(i)).
  package var prohibitsTraining: Bool

  /// Whether the agreement is in force on this day, in UTC.
  package func isInForce(on day: CalendarDate) -> Bool {
    signed <= day && day <= expires
  }
}
