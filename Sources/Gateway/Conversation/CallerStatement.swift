import Bytes
import Detection
import Providers

/// What the caller says about a request: the member `cordon` of its body, and headers.
///
///     "cordon": {"known": {…}, "patient": "Patient/4711", "user": "lee@clinic.example"}
///
/// The member never goes to a vendor. A mistake in it refuses the request: a name left out unnoticed would be a name
/// let through, and an access recorded for nobody.
struct CallerStatement: Sendable {
  /// What the caller knows of the people in the request.
  var known: KnownIdentifiers?
  /// Whom the request is about, and for whom it is made.
  var parties: RequestParties
  /// The patient whom it is about, also where a contract keeps the name out of the log: what is restricted is restricted.
  private(set) var patient: String?
  /// What the request declares that it holds.
  var sensitive: Set<SensitiveClass>
  /// What it states for policies.
  var facts: StatedFacts

  /// What a request says; what the headers of `call` and the body both say must agree.
  init(_ request: ModelRequest, _ call: ModelCall) throws(CallerStatementError) {
    parties = try RequestParties(patient: call.patient, user: call.user)
    facts = try StatedFacts(call.facts)
    sensitive = try Self.classes(call.sensitivity?.split(separator: ",").map { $0 }, at: ModelCall.sensitivityHeader)
    patient = parties.patient
    guard let bytes = request.gatewayMember else { return }
    let member: JSONValue
    do throws(JSONError) {
      member = try JSONValue(parsing: bytes)
    } catch {
      throw CallerStatementError("cordon", "must be JSON: \(error)")
    }
    if member == .null { return }
    guard let members = member.members else { throw CallerStatementError("cordon", "must be an object") }
    guard members.allSatisfy({ Self.members.contains($0.name) }) else {
      let known = Self.members.map { "`\($0)`" }.joined(separator: ", ")
      throw CallerStatementError("cordon", "has a member that is not one of \(known)")
    }
    try facts.add(member)
    if let known = member["known"] {
      do throws(KnownIdentifiersError) {
        self.known = try KnownIdentifiers(known)
      } catch {
        let path = error.path.isEmpty ? "cordon.known" : "cordon.known.\(error.path)"
        throw CallerStatementError(path, error.reason)
      }
    }
    try parties.add(patient: member["patient"], user: member["user"])
    patient = parties.patient
    if let named = member["sensitivity"], named != .null {
      let texts = named.array?.compactMap(\.string)
      guard let texts, texts.count == named.array?.count else {
        throw CallerStatementError("cordon.sensitivity", "must be a list of classes")
      }
      sensitive.formUnion(try Self.classes(texts.map { $0[...] }, at: "cordon.sensitivity"))
    }
  }

  private static let members = [
    "known", "patient", "user", "sensitivity", "consents", "confidentiality", "restricted",
  ]

  /// The classes that a request declares; one that nobody knows is a mistake, as what it stands for would go anywhere.
  static func classes(
    _ declared: [Substring]?, at path: String
  ) throws(CallerStatementError) -> Set<SensitiveClass> {
    var classes: Set<SensitiveClass> = []
    for text in declared ?? [] {
      guard let named = SensitiveClass(declared: text.trimmingSpaces) else {
        let known = SensitiveClass.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
        throw CallerStatementError(path, "must name classes among \(known)")
      }
      classes.insert(named)
    }
    return classes
  }
}

extension Substring {
  /// The text without spaces around it.
  fileprivate var trimmingSpaces: Substring {
    let head = drop { $0 == " " }
    return head.lastIndex { $0 != " " }.map { head[...$0] } ?? head
  }
}

/// Why what a caller said about a request was refused: a place and a reason, never a value.
struct CallerStatementError: Error, Hashable {
  /// The way to the value, such as `cordon.known.people[0]`.
  let path: String
  private let reason: String

  init(_ path: String, _ reason: String) {
    self.path = path
    self.reason = reason
  }
}

extension CallerStatementError: CustomStringConvertible {
  /// What is wrong and where.
  var description: String { "`\(path)`: \(reason)" }
}

extension ModelCall {
  /// The patient whom it names, by its headers or its body; nil when it names none, or is no request.
  var statedPatient: String? {
    guard let request = try? ModelRequest(body, for: operation) else { return nil }
    return (try? CallerStatement(request, self))?.patient
  }
}
