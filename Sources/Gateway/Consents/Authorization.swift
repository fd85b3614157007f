import Bytes
package import PHI

/// What an authorization has to say to be one (45 CFR 164.508(c)(1), (2)), beside the scope and the days of its record.
package struct Authorization: Hashable, Sendable {
  /// The information, in words that identify it (164.508(c)(1)(i)).
  package let description: String
  /// Who is authorized to use or disclose it (164.508(c)(1)(ii)).
  package let disclosers: [String]
  /// Each purpose, in words (164.508(c)(1)(iv)).
  package let purpose: String
  /// The event with which it expires, where that is no day (164.508(c)(1)(v)).
  package let event: String?
  /// The day on which it was signed (164.508(c)(1)(vi)).
  package let signed: CalendarDate
  /// Who signed it.
  package let signer: Signer
  /// What the form states (164.508(c)(2)).
  package let statements: Set<Statement>

  /// Who signed an authorization.
  package enum Signer: Hashable, Sendable {
    case patient
    /// Somebody for the patient, by this authority.
    case representative(authority: String)
  }

  /// What a form has to state.
  package enum Statement: String, Hashable, Sendable, CaseIterable {
    /// That it may be revoked, how, and with which exceptions.
    case revocation
    /// Whether anything is conditioned on it.
    case conditioning
    /// That what is disclosed may be disclosed again.
    case redisclosure

    /// The paragraph of 45 CFR 164.508 that asks for it.
    var paragraph: String {
      switch self {
      case .revocation: "(c)(2)(i)"
      case .conditioning: "(c)(2)(ii)"
      case .redisclosure: "(c)(2)(iii)"
      }
    }
  }
}

extension Authorization {
  /// Why one that is about psychotherapy notes and something else is none.
  static let compound = [
    "45 CFR 164.508(b)(3)(ii): an authorization for psychotherapy notes is combined with no other (`classes`)"
  ]

  static let members = ["description", "by", "purpose", "expires_when", "signed", "states"]

  /// What a form says; what is missing is named by its paragraph, all of it.
  ///
  /// - Parameters:
  ///   - form: the members of the record.
  ///   - scope: what the record says beside it.
  ///   - expires: the day on which it expires, where it names one.
  /// - Throws: everything that is missing: an authorization that lacks an element is none (164.508(b)(2)(ii)).
  init(_ form: JSONValue, in scope: ConsentScope, until expires: CalendarDate?) throws(ConsentFault) {
    var missing: [String] = []
    func lacking(_ paragraph: String, _ what: String) {
      missing.append("45 CFR 164.508\(paragraph) is missing: \(what)")
    }
    let description = form["description"]?.element
    if description == nil || scope.classes.isEmpty {
      lacking("(c)(1)(i)", "what information it is about (`description`, `classes`)")
    }
    let disclosers = form["by"]?.elements ?? []
    if disclosers.isEmpty { lacking("(c)(1)(ii)", "who may use or disclose it (`by`)") }
    if scope.recipients.isEmpty { lacking("(c)(1)(iii)", "to whom it may be disclosed (`to`)") }
    let purpose = form["purpose"]?.element
    if purpose == nil || scope.purposes.isEmpty {
      lacking("(c)(1)(iv)", "each purpose (`purpose`, `purposes`)")
    }
    let event = form["expires_when"]?.element
    if event == nil && expires == nil { lacking("(c)(1)(v)", "when it expires (`expires` or `expires_when`)") }
    let signature = form["signed"]
    let day = signature?["on"]?.string.flatMap { CalendarDate($0) }
    var signer: Signer?
    switch signature?["by"]?.string {
    case "patient": signer = .patient
    case "representative":
      if let authority = signature?["authority"]?.element {
        signer = .representative(authority: authority)
      } else {
        lacking("(c)(1)(vi)", "by which authority the representative signs (`signed.authority`)")
      }
    default: lacking("(c)(1)(vi)", "who signed it (`signed.by`: `patient` or `representative`)")
    }
    if day == nil { lacking("(c)(1)(vi)", "on which day it was signed (`signed.on`)") }
    let states = form["states"]?.elements ?? []
    for statement in Statement.allCases where !states.contains(statement.rawValue) {
      lacking(statement.paragraph, "the statement on \(statement.rawValue) (`states`)")
    }
    guard missing.isEmpty, let description, let purpose, let day, let signer else { throw ConsentFault(missing) }
    if scope.classes.contains("psychotherapy"), scope.classes.count > 1 {
      throw ConsentFault(Self.compound)
    }
    self.init(
      description: description, disclosers: disclosers, purpose: purpose, event: event, signed: day, signer: signer,
      statements: Set(Statement.allCases))
  }

  /// What it says, as members of its record.
  var form: [JSONMember] {
    var signature: [JSONMember] = [JSONMember("on", .string(signed.description))]
    switch signer {
    case .patient: signature.append(JSONMember("by", "patient"))
    case .representative(let authority):
      signature += [JSONMember("by", "representative"), JSONMember("authority", .string(authority))]
    }
    return [
      JSONMember("description", .string(description)), JSONMember("by", .array(disclosers.map { .string($0) })),
      JSONMember("purpose", .string(purpose)),
    ] + (event.map { [JSONMember("expires_when", .string($0))] } ?? []) + [
      JSONMember("signed", .object(signature)),
      JSONMember("states", .array(statements.map(\.rawValue).sorted().map { .string($0) })),
    ]
  }
}

extension JSONValue {
  /// A text that says something.
  var element: String? {
    guard let text = string, text.utf8.count <= 4096, text.contains(where: { !$0.isWhitespace }) else { return nil }
    return text
  }

  /// Texts that each say something; nil when one does not.
  var elements: [String]? {
    guard let array else { return nil }
    let texts = array.compactMap(\.element)
    return texts.count == array.count ? texts : nil
  }
}
