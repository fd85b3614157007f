/// The names that records may use: those of a configuration, so that what is recorded is what requests are asked about.
///
/// A restriction of a recipient whom nobody is called by would restrict nothing.
package struct ConsentVocabulary: Sendable {
  private let recipients: Set<String>
  private let purposes: Set<String>
  private let classes: Set<String>
  /// The classes that requests are found to hold, or said to.
  private let told: Set<String>

  private static let found: Set<String> = [
    "notes", "imaging", "substance-use", "psychotherapy", "hiv", "genetic", "reproductive",
  ]
  private static let usualClasses: Set<String> = [
    "deidentified", "limited", "demographics", "contact", "diagnoses", "medications", "laboratory", "imaging", "notes",
    "billing", "genetic", "hiv", "mental-health", "reproductive", "substance-use", "psychotherapy",
  ]

  /// The names of a configuration.
  package init(_ configuration: Configuration) {
    recipients = Self.recipients(of: configuration)
    purposes = ConsentPurpose.known.union(configuration.useCases.map(\.purpose.name))
    let held = (configuration.policy?.dataClasses ?? [:]).values
    classes = held.reduce(into: Self.usualClasses) { $0.formUnion($1) }
    told = held.reduce(into: Self.found) { $0.formUnion($1) }
  }

  /// Whom records may name.
  static func recipients(of configuration: Configuration) -> Set<String> {
    Set(configuration.vendors.map(\.id.name))
      .union(configuration.callers.map { ConsentScope.caller($0.id.name) }).union([ConsentScope.everybody])
  }

  /// Throws where a record uses another name.
  package func check(_ record: ConsentRecord) throws(ConsentFault) {
    var wrong: [String] = []
    for (path, scope) in [("", record.scope)] + record.exceptions.enumerated().map({ ("except[\($0)].", $1) }) {
      if !scope.recipients.isSubset(of: recipients) {
        wrong.append("`\(path)to`: names who is no vendor, no `caller:NAME` and not `*` of the configuration")
      }
      if !scope.purposes.isSubset(of: purposes) {
        wrong.append("`\(path)purposes`: names what is no code of HL7 v3 PurposeOfUse")
      }
      if !scope.classes.isSubset(of: classes) {
        wrong.append("`\(path)classes`: names what is no class of data")
      }
    }
    // What no request is ever known to hold would never be stopped.
    if !record.isAuthorization, !record.scope.classes.isSubset(of: told) {
      wrong.append(
        "`classes`: restricts what requests are not known to hold: leave it out, or name it in `data_classes`")
    }
    guard wrong.isEmpty else { throw ConsentFault(wrong) }
  }
}
