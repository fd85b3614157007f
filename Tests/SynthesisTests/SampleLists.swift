import Synthesis

/// Small lists, one or two entries each, for tests that need no variety.
enum SampleLists {
  static let required = [
    "street", "street-us", "street-name", "street-crossing", "street-box", "street-foreign", "city", "county", "zip",
    "zip-plus4", "zip-foreign", "country", "language", "org-employer", "org-school", "org-church", "org-court",
    "org-police", "org-shelter", "org-agency", "phone", "phone-ext", "phone-pager", "phone-foreign", "fax", "ssn",
    "mrn", "plan", "plan-medicare", "plan-nhs", "plan-group", "account", "account-card", "account-iban", "license",
    "license-npi", "license-dea", "license-driver", "vehicle", "vehicle-plate", "vehicle-vin", "device", "device-lot",
    "device-udi", "device-mac", "url", "ip", "ip-v6", "biometric", "photo", "id", "drug", "dose", "bp", "lab",
    "vitals", "eponym", "score", "icd", "cpt", "loinc", "ndc", "snomed", "model", "citation", "doi", "pmid", "version",
    "payer", "vendor", "department", "size", "interval", "section", "trap", "facility-hospital", "facility-clinic",
    "facility-nursing", "facility-pharmacy", "facility-lab", "facility-other", "facility-acronym", "given-word",
    "surname-word", "nickname", "email-domain", "town-word", "instruction", "holiday", "state-both", "town-us",
    "town-foreign", "code-prefix",
  ]
  static let identifiers = [
    "claim", "auth", "rx", "order", "accession", "specimen", "case", "docket", "ticket", "job", "session", "study",
    "student", "badge", "passport", "uuid", "resource", "visit", "message", "donor", "user", "typist",
  ]

  static let file: String = {
    let own = [
      "mrn": "<#MRN-####>", "facility-hospital": "<surname> ~ Hospital", "state-both": "Ohio OH",
      "town-us": "Springfield", "email-domain": "example.org", "given-word": "Rose", "surname-word": "Price",
      "town-word": "Oak", "ssn": "<#9##-##-####>", "account": "<#9#######>", "nickname": "Robert Bob",
      "code-prefix": "AB",
    ]
    let names = required + identifiers.map { "id-\($0)" }
    return names.map { "[\($0)]\n\(own[$0] ?? "some \($0) <#####>")\n" }.joined()
  }()

  private static let parsed = Result { try Lists(parsing: [file]) }
  private static let shared = parsed.map { Author(lists: $0) }

  static func make() throws -> Lists { try parsed.get() }

  /// An author with these lists.
  static func author() throws -> Author { try shared.get() }
}
