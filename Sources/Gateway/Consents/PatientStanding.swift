import PHI
import Vault

/// What a request was told of its patients' choices when it was let go, to be looked at again while it runs.
///
/// It holds references in memory for as long as the request runs, as the request itself does.
struct PatientStanding: Sendable {
  /// One way on which something of patients goes.
  struct Use: Hashable, Sendable {
    let patients: [String]
    let use: ConsentUse
    /// What policies were told that they consent to.
    let consents: Set<String>
  }

  private(set) var uses: [Use]
  /// The same, to be looked up: a batch has thousands.
  private var known: Set<Use>
  /// What policies were told that the patients consent to.
  var consents: Set<String> { uses.first?.consents ?? [] }
  /// How often the register had been changed; nil when it never had.
  private(set) var generation: Int64?
  /// The number of what had been found of the register.
  private(set) var number: Int
  /// The day on which it was asked.
  let day: CalendarDate

  init(_ use: Use, at generation: Int64?, number: Int, on day: CalendarDate) {
    (uses, known, self.generation, self.number, self.day) = ([use], [use], generation, number, day)
  }

  /// Takes in what another part of the same request goes by.
  mutating func join(_ other: PatientStanding) {
    for use in other.uses where known.insert(use).inserted { uses.append(use) }
    // What was read first decides whether anything has changed since.
    generation = generation.flatMap { mine in other.generation.map { min(mine, $0) } }
    number = min(number, other.number)
  }
}

extension PatientStanding? {
  /// Both together.
  func joined(with other: PatientStanding?) -> PatientStanding? {
    guard var joined = self else { return other }
    if let other { joined.join(other) }
    return joined
  }
}

extension PatientStanding: CustomStringConvertible, CustomReflectable {
  /// No more than what it is.
  var description: String { "standing" }
  /// Nothing: a dump shows no reference.
  var customMirror: Mirror { Mirror(self, children: []) }
}
