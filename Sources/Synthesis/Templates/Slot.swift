/// A place in a template that is filled with a fresh value.
struct Slot: Equatable, Sendable {
  /// The word before the colon, for slots that are not about a person.
  enum Kind: String, CaseIterable, Sendable {
    case date, year, time, weekday, season, age, age90
    case street, city, county, zip, address, state, country, language
    case facility, org
    case phone, fax, email, ssn, mrn, plan, account, license, vehicle, device, url, ip, biometric, photo, id
    case drug, dose, bp, lab, vitals, eponym, score, icd, cpt, loinc, ndc, snomed, model, citation, doi, pmid, version
    case payer, vendor, department, num, strength, size, interval, section, trap
  }

  let kind: Kind
  /// The word after the colon; empty when there is none.
  let form: String
  /// The number after `#`: the same value wherever it occurs.
  let number: Int?
  /// The bounds of `{num:lo-hi}`.
  let bounds: ClosedRange<Int>?

  /// The slot with these words; nil when it has no such form.
  init?(_ kind: Kind, form: String, number: Int?) {
    (self.kind, self.form, self.number) = (kind, form, number)
    if kind == .num, !form.isEmpty {
      let ends = form.split(separator: "-").compactMap { Int($0) }
      guard ends.count == 2, ends[0] <= ends[1] else { return nil }
      bounds = ends[0]...ends[1]
      return
    }
    bounds = nil
    guard form.isEmpty || kind.forms.contains(form) else { return nil }
  }
}

extension Slot.Kind {
  /// The words that may stand after the colon.
  var forms: [String] {
    switch self {
    case .date:
      [
        "mdy", "md", "iso", "long", "monthday", "month", "monthyear", "day", "dayword", "dmy", "dots", "hl7", "stamp",
        "spoken", "foreign", "range", "dob", "holiday",
      ]
    case .age: ["child"]
    case .age90: ["word"]
    case .street: ["us", "name", "crossing", "box", "foreign"]
    case .city: ["us", "foreign"]
    case .zip: ["plus4", "foreign"]
    case .address: ["lines", "caps"]
    case .state: ["abbr"]
    case .facility: ["hospital", "clinic", "nursing", "pharmacy", "lab", "short", "acronym", "caps"]
    case .org: ["employer", "school", "church", "court", "police", "shelter", "agency"]
    case .phone: ["ext", "pager", "spoken", "foreign"]
    case .ssn: ["last4"]
    case .plan: ["medicare", "nhs", "group"]
    case .account: ["last4", "card", "iban"]
    case .license: ["npi", "dea", "driver"]
    case .vehicle: ["plate", "vin"]
    case .device: ["lot", "udi", "mac"]
    case .ip: ["v6"]
    case .id:
      [
        "claim", "auth", "rx", "order", "accession", "specimen", "case", "docket", "ticket", "job", "session", "study",
        "student", "badge", "passport", "uuid", "resource", "visit", "message", "donor", "user", "typist",
      ]
    default: []
    }
  }

  /// What the value is marked as; nil for what identifies nobody.
  ///
  /// An address is marked part by part.
  var label: Label? {
    switch self {
    case .date: .date
    case .age90: .ageOver89
    case .street: .street
    case .city, .address: .city
    case .county: .county
    case .zip: .zip
    case .facility: .facility
    case .org: .organization
    case .phone: .phone
    case .fax: .fax
    case .email: .email
    case .ssn: .socialSecurity
    case .mrn: .medicalRecord
    case .plan: .healthPlan
    case .account: .account
    case .license: .license
    case .vehicle: .vehicle
    case .device: .device
    case .url: .url
    case .ip: .ip
    case .biometric: .biometric
    case .photo: .photo
    case .id: .other
    case .year, .time, .weekday, .season, .age, .state, .country, .language, .drug, .dose, .bp, .lab, .vitals,
      .eponym, .score, .icd, .cpt, .loinc, .ndc, .snomed, .model, .citation, .doi, .pmid, .version, .payer, .vendor,
      .department, .num, .strength, .size, .interval, .section, .trap:
      nil
    }
  }
}
