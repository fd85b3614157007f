/// To whom, for what and of which data something is authorized or restricted.
package struct ConsentScope: Hashable, Sendable {
  /// Vendors by their names, callers as `caller:NAME`; `*` is everybody.
  package var recipients: Set<String>
  /// Codes of HL7 v3 PurposeOfUse; none for every purpose.
  package var purposes: Set<String> = []
  /// Classes of data; none for all of them.
  package var classes: Set<String> = []

  /// What stands for everybody.
  package static let everybody = "*"

  /// What a recipient is called that is a caller.
  package static func caller(_ name: String) -> String { "caller:\(name)" }
}

/// A use of what is a patient's: of which vendor, through which caller, for what, of which data.
struct ConsentUse: Hashable, Sendable {
  let vendor: String
  let caller: String
  let purpose: String
  let classes: Set<String>
  /// What of it nobody can search for classes.
  let unsearched: Unsearched
  /// Whether nothing but the patient's authorization allows it.
  let needsAuthorization: Bool
}

extension ConsentUse {
  /// Every class that it may be of: what nobody can search may be what the law protects most.
  var possible: Set<String> {
    unsearched == .nothing ? classes : classes.union(SensitiveClass.allCases.map(\.dataClass)).union(["imaging"])
  }

  /// The classes that authorizations have to be about: for an image `imaging` is enough.
  var authorized: Set<String> { unsearched == .anything ? possible : classes }
}

extension ConsentScope {
  /// Whether a use has anything to do with it: that is enough for what is restricted.
  func touches(_ use: ConsentUse) -> Bool {
    let isRecipient =
      recipients.contains(Self.everybody) || recipients.contains(use.vendor)
      || recipients.contains(Self.caller(use.caller))
    let isPurpose = purposes.isEmpty || purposes.contains { ConsentPurpose.areRelated($0, use.purpose) }
    let mayBeAny = use.classes.isEmpty || use.unsearched != .nothing
    return isRecipient && isPurpose && (classes.isEmpty || mayBeAny || !classes.isDisjoint(with: use.classes))
  }

  /// Whether all of a use is within it: that takes the vendor by name, or everybody, and where callers are named one of them.
  func covers(_ use: ConsentUse) -> Bool {
    reaches(use) && (classes.isEmpty || !use.classes.isEmpty && use.possible.isSubset(of: classes))
  }

  /// The same whatever the use is of.
  func reaches(_ use: ConsentUse) -> Bool {
    let callers = recipients.filter { $0.hasPrefix(Self.caller("")) }
    let isRecipient = recipients.contains(Self.everybody) || recipients.contains(use.vendor)
    return isRecipient && (callers.isEmpty || callers.contains(Self.caller(use.caller)))
      && (purposes.isEmpty || purposes.contains(use.purpose))
  }
}

/// The purposes of HL7 v3 PurposeOfUse, and which is a kind of which.
package enum ConsentPurpose {
  private static let kinds: [String: [String]] = [
    "TREAT": ["CLINTRL", "COC", "ETREAT", "BTG", "ERTREAT", "POPHLTH", "CAREMGT"],
    "HPAYMT": [
      "CLMATTCH", "COVAUTH", "COVERAGE", "ELIGDTRM", "ELIGVER", "ENROLLM", "MILDCRG", "REMITADV",
    ],
    "HOPERAT": [
      "CAREMGT", "DONAT", "FRAUD", "GOV", "HACCRED", "HCOMPL", "HDECD", "HDIRECT", "HDM", "HLEGAL", "HOUTCOMS",
      "HPRGRP", "HQUALIMP", "HSYSADMIN", "LABELING", "METAMGT", "MEMADMIN", "MILCDM", "PATADMIN", "PATSFTY", "PERFMSR",
      "RECORDMGT", "SYSDEV", "HTEST", "TRAIN",
    ],
    "HRESCH": [
      "RESCH", "BIORCH", "CLINTRCH", "CLINTRCHNPC", "CLINTRCHPC", "PRECLINTRCH", "DSRCH", "POARCH", "TRANSRCH",
    ],
    "RESCH": ["CLINTRCH"],
    "CLINTRCH": ["CLINTRCHNPC", "CLINTRCHPC", "PRECLINTRCH"],
    "ETREAT": ["BTG", "ERTREAT"],
    "COVERAGE": ["ELIGDTRM", "ELIGVER", "ENROLLM"],
    "SYSDEV": ["HTEST"],
    "PUBHLTH": ["DISASTER", "THREAT"],
    "PATRQT": ["FAMRQT", "PWATRNY", "SUPNWK"],
    "HMARKT": [],
  ]

  /// Every code that is known.
  package static let known = Set(kinds.keys).union(kinds.values.joined())

  /// Whether two purposes are the same, or one is a kind of the other: who says the general one may mean its kinds.
  static func areRelated(_ one: String, _ other: String) -> Bool {
    line(of: one).contains(other) || line(of: other).contains(one)
  }

  /// A purpose and all that it is a kind of.
  private static func line(of purpose: String) -> Set<String> {
    kinds.filter { $0.value.contains(purpose) }.keys.reduce(into: [purpose]) { $0.formUnion(line(of: $1)) }
  }
}
