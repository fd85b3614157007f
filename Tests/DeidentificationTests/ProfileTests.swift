import Deidentification
import Detection
import PHI
import TestKit
import Testing

struct ProfileTests {
  private let agreement = DataUseAgreement("DUA-2026-014")

  @Test(arguments: Deidentification.Method.fixed + [.ageBand(5), .ageBand(10)])
  func `reads back the word for a method`(method: Deidentification.Method) {
    #expect(Deidentification.Method(method.description) == method)
  }

  @Test(arguments: ["", "age-band-1", "age-band-90", "age-band-", "sha256", "mask-"])
  func `knows no other words`(word: String) { #expect(Deidentification.Method(word) == nil) }

  @Test(arguments: [
    Deidentification.Method.linkableToken, .formatPreserving, .surrogate, .keep, .mask(.lastFour),
  ])
  func `refuses under Safe Harbor what is derived from an identifier`(method: Deidentification.Method) throws {
    let keys = try keys()
    let amendment = Profile.safeHarbor(asOf: today).applying(
      method, to: IdentifierSet([.socialSecurityNumber]), keys: keys)
    let found = try #require(refusal(amendment))
    #expect(found.rule.hasPrefix("45 CFR 164.514("))
  }

  @Test(arguments: [Deidentification.Method.month, .shift(keepsWeekdays: true), .surrogate, .keep])
  func `refuses under Safe Harbor elements of dates`(method: Deidentification.Method) throws {
    #expect(
      refusal(Profile.safeHarbor(asOf: today).applying(method, to: IdentifierSet([.date]), keys: try keys())) != nil)
  }

  @Test func `refuses a limited data set without an agreement`() {
    let amendment = Profile.limitedDataSet(under: nil, for: .research, asOf: today)
    #expect(refusal(amendment)?.rule == "45 CFR 164.514(e)(4)")
    #expect(DataUseAgreement("") == nil && DataUseAgreement("the one with\nBoston") == nil)
  }

  @Test(arguments: Purpose.allCases + [nil])
  func `allows a limited data set for three purposes only`(purpose: Purpose?) {
    let amendment = Profile.limitedDataSet(under: agreement, for: purpose, asOf: today)
    let isAllowed = [.research, .publicHealth, .healthCareOperations].contains(purpose)
    #expect(refusal(amendment)?.rule == (isAllowed ? nil : "45 CFR 164.514(e)(3)"))
  }

  @Test func `removes sixteen direct identifiers from a limited data set, and keeps dates, ages, towns and ZIP codes`()
    throws
  {
    let profile = try accepted(Profile.limitedDataSet(under: agreement, for: .research, asOf: today))
    let source = """
      [[NAME|Maria Gonzalez]], [[AGE|93]], [[STREET|12 Elm St]], [[CITY|Boston]], MA [[ZIP|02139]], [[COUNTY|Suffolk]],
      [[PHONE|208-555-0148]] [[FAX|208-555-0149]] [[EMAIL|m@x.org]] [[SSN|219-09-9999]] [[MRN|00412]] [[PLAN|AB12]]
      [[ACCOUNT|77]] [[LICENSE|L1]] [[VEHICLE|ABC 123]] [[DEVICE|SN9]] [[URL|x.org]] [[IP|10.0.0.7]] [[BIOMETRIC|b]]
      [[PHOTO|p]] on [[DATE|March 14, 2024]]
      """
    #expect(
      redacted(source, by: profile) == """
        [NAME], 93, [STREET], Boston, MA 02139, [COUNTY],
        [PHONE] [FAX] [EMAIL] [SSN] [MRN] [PLAN]
        [ACCOUNT] [LICENSE] [VEHICLE] [DEVICE] [URL] [IP] [BIOMETRIC]
        [PHOTO] on March 14, 2024
        """)
  }

  @Test(.proves("DID-24")) func `needs an agreement and a lawful purpose, and leaves dates and ZIP codes alone`() throws
  {
    #expect(refusal(Profile.limitedDataSet(under: nil, for: .research, asOf: today)) != nil)
    #expect(refusal(Profile.limitedDataSet(under: agreement, for: .marketing, asOf: today)) != nil)
    let profile = try accepted(Profile.limitedDataSet(under: agreement, for: .healthCareOperations, asOf: today))
    let text = """
      Patient: Maria Gonzalez
      Address: 12 Elm Street, Springfield, MA 01109
      Phone: (617) 266-3312
      Fax: (617) 266-3313
      Email: maria.gonzalez@gmail.com
      SSN: 219-09-9999
      MRN: 00412-7
      Member ID: XJB 884213
      Account number: 77-204-981
      Driver's license: S12345678
      License plate: 4KLM 882, VIN 1HGCM82633A004352
      Pacemaker serial number: PJN448120H
      Portal: https://portal.mercy.org/u/7714
      IP address: 203.0.113.87
      Fingerprint template: FP-99217-AA
      Photo: IMG_20240314_face.jpg
      Born 03/15/1961, aged 63, seen on March 14, 2024.
      """
    #expect(
      try String(decoding: Deidentifier(profile).redact(Array(text.utf8)).text, as: UTF8.self) == """
        Patient: [NAME]
        Address: [STREET], Springfield, MA 01109
        Phone: [PHONE]
        Fax: [FAX]
        Email: [EMAIL]
        SSN: [SSN]
        MRN: [MRN]
        Member ID: [PLAN]
        Account number: [ACCOUNT]
        Driver's license: [LICENSE]
        License plate: [VEHICLE], VIN [VEHICLE]
        Pacemaker serial number: [DEVICE]
        Portal: [URL]
        IP address: [IP]
        Fingerprint template: [BIOMETRIC]
        Photo: [PHOTO]
        Born 03/15/1961, aged 63, seen on March 14, 2024.
        """)
  }

  @Test func `refuses to keep a direct identifier in a limited data set, and gives it a code`() throws {
    let profile = try accepted(Profile.limitedDataSet(under: agreement, for: .research, asOf: today))
    #expect(refusal(profile.applying(.keep, to: IdentifierSet([.name])))?.rule == "45 CFR 164.514(e)(2)")
    #expect(refusal(profile.masking(IdentifierSet([.socialSecurityNumber]), with: Mask(.lastFour))) != nil)
    let coded = try accepted(profile.applying(.linkableToken, to: IdentifierSet([.name]), keys: try keys()))
    #expect(coded.method(for: .name) == .linkableToken && coded.method(for: .city) == .keep)
  }

  @Test func `asks for the key and the patient that a method needs`() throws {
    let profile = Profile.internalDisplay(asOf: today)
    let noPatient = ProfileKeys(project: try project())
    let names = IdentifierSet([.name])
    #expect(refusal(profile.applying(.linkableToken, to: names))?.rule == "a keyed method needs a key")
    #expect(refusal(profile.applying(.linkableToken, to: names, keys: noPatient)) == nil)
    #expect(
      refusal(profile.applying(.surrogate, to: names, keys: noPatient))?.rule
        == "a method for each patient needs the patient")
  }

  @Test func `refuses a method for a kind that it does not fit`() {
    let amendment = Profile.internalDisplay(asOf: today).applying(.year, to: IdentifierSet([.name]))
    #expect(refusal(amendment)?.rule == "a method fits its kind")
  }

  @Test func `refuses an expert's methods without a determination, or after it has run out`() throws {
    let last = try #require(CalendarDate("2026-11-20"))
    #expect(refusal(Profile.expert(nil, [:], asOf: today)) != nil)
    #expect(
      refusal(Profile.expert(ExpertDetermination("ED-1", expires: last), [:], asOf: today))?.reason.contains(
        "2026-11-20")
        == true)
    #expect(refusal(Profile.expert(ExpertDetermination("ED-1", expires: today), [:], asOf: today)) == nil)
  }

  @Test(.proves("DID-11")) func `brings each quasi-identifier to its level, which the report shows`() throws {
    let profile = try expert(
      [
        .date: .month, .ageOver89: .ageBand(10), .zipCode: .zipPrefix, .name: .linkableToken, .city: .placeholder,
      ], keys: ProfileKeys(project: try project()))
    let text = "Patient: Maria Gonzalez, a 42-year-old woman of Cambridge, MA 02139.\nSeen 03/14/2024, aged 97."
    let safe = String(decoding: try Deidentifier(profile).redact(Array(text.utf8)).text, as: UTF8.self)
    #expect(safe.contains("a 40-49-year-old woman of [CITY], MA 021.\nSeen 2024-03, aged 90+."), "\(safe)")
    let report = RedactionReport(profile)
    #expect(report.method(for: .date).description == "month")
    #expect(report.method(for: .ageOver89).description == "age-band-10")
    #expect(report.method(for: .zipCode).description == "zip3")
    #expect(report.method(for: .name).description == "token")
  }

  @Test func `prints nothing of a key`() throws {
    let keys = try keys()
    let profile = try expert(
      [.date: .shift(keepsWeekdays: false), .name: .linkableToken], keys: keys)
    let days = try #require(keys.patient).dayShift(keepingWeekdays: false)
    let transforms = [Identifier.date, .name].map { profile.transform(for: $0) }
    var dumped = "\(transforms) \(keys)"
    dump(transforms[0], to: &dumped)
    dump(transforms[1], to: &dumped)
    dump(keys, to: &dumped)
    #expect(!dumped.contains("\(abs(days))") && !dumped.contains("SymmetricKey") && !dumped.contains("asthma"))
  }

  @Test func `states the risks that a profile leaves`() throws {
    #expect(RedactionReport(.safeHarbor(asOf: today)).risks == [.missed])
    let surrogates = try expert([.name: .surrogate, .date: .shift(keepsWeekdays: true)], keys: try keys())
    #expect(
      RedactionReport(surrogates).risks == [
        .missed, .reversible, .intervals, .hiddenInPlainSight, .surrogateCollisions,
      ])
  }

  @Test(arguments: [UInt64(11), 12, 13, 14])
  func `lets no planted value through in any spelling`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let profiles = [
      Profile.safeHarbor(asOf: today),
      try accepted(Profile.limitedDataSet(under: agreement, for: .publicHealth, asOf: today)),
    ]
    for profile in profiles {
      let deidentifier = Deidentifier(profile)
      for _ in 0..<100 {
        let note = SyntheticNote(&random)
        let safe = folded(String(decoding: try deidentifier.redact(Array(note.text.utf8)).text, as: UTF8.self))
        for value in note.planted where profile.name == .safeHarbor || !value.hasSuffix("/") {
          #expect(!safe.contains(folded(value)), "\(profile.name), seed \(seed)")
        }
      }
    }
  }

  /// The text in lower case without white space.
  private func folded(_ text: String) -> String { text.lowercased().filter { !$0.isWhitespace } }
}

struct AgeBandTests {
  @Test(arguments: [
    ("[[AGE|42]]-year-old", "40-44-year-old"), ("aged [[AGE|89]]", "aged 85-89"), ("aged [[AGE|90]]", "aged 90+"),
    ("[[AGE|forty-two]]", "40-44"), ("[[AGE|one hundred and two]]", "90+"),
    ("a [[AGE|6]]-month-old", "a 0-4-month-old"),
    ("[[AGE|18]] months old", "0-4 months old"), ("[[AGE|oldish]]", "[AGE]"), ("[[AGE|７]]", "[AGE]"),
    ("[[AGE|\(String(repeating: "hundred ", count: 11))and one]]", "90+"),
  ])
  func `widens ages to bands`(source: String, expected: String) throws {
    #expect(redacted(source, by: try expert([.ageOver89: .ageBand(5)])) == expected)
  }
}

struct MonthOfDateTests {
  @Test(arguments: [
    ("03/15/1987", "1987-03"), ("March 15, 1987", "1987-03"), ("20241103", "2024-11"), ("Sept 2024", "2024-09"),
    ("14 March", "[DATE]"), ("12/28/2023 to 1/3/2024", "2023-2024"), ("2/3/1930", "[DATE]"),
  ])
  func `keeps year and month`(date: String, expected: String) throws {
    #expect(redacted("on [[DATE|\(date)]]", by: try expert([.date: .month])) == "on \(expected)")
  }
}
