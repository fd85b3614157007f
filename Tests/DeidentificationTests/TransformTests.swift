import Deidentification
import PHI
import TestKit
import Testing

/// The text with what the Safe Harbor profile puts in the place of its marked findings.
func redacted(_ source: String, by profile: Profile = .safeHarbor(asOf: today)) -> String {
  let marked = Marked(source)
  var output: [UInt8] = []
  var copied = 0
  for finding in marked.findings {
    output += marked.text[copied..<finding.range.lowerBound]
    profile.transform(for: finding.identifier).write(finding, in: marked.text.span, into: &output)
    copied = finding.range.upperBound
  }
  return String(decoding: output + marked.text[copied...], as: UTF8.self)
}

struct YearOfDateTests {
  @Test(arguments: [
    ("03/15/1987", "1987"), ("3-15-87", "1987"), ("1987-03-15", "1987"), ("March 15, 1987", "1987"),
    ("15 Mar '87", "1987"), ("Mar. 15th 1987", "1987"), ("Sept 2024", "2024"), ("6/2019", "2019"), ("3/87", "1987"),
    ("20240311042210", "2024"), ("03151987", "1987"), ("2024-12-03T08:14:02Z", "2024"), ("11/03/2024 0112", "2024"),
    ("November 3-8, 2024", "2024"), ("12/28/2023 to 1/3/2024", "2023-2024"), ("3/5/26", "2026"), ("31.12.2024", "2024"),
  ])
  func `keeps the year alone`(date: String, year: String) {
    #expect(redacted("on [[DATE|\(date)]].") == "on \(year).")
  }

  @Test(arguments: ["14 March", "3/5", "August", "the 14th", "twenty-second", "O8/l4/2O24", "Ⅲ/5", "de marzo", "0112"])
  func `leaves nothing of a date without a year`(date: String) {
    #expect(redacted("admitted last Tuesday [[DATE|\(date)]]") == "admitted last Tuesday [DATE]")
  }

  @Test(arguments: [
    ("DOB: [[DATE|03/05/1930]]", "DOB: 90+"),
    ("Date of Birth\n[[DATE|1936-11-30]]", "Date of Birth\n90+"),
    ("born [[DATE|March 5, 1925]]", "born 90+"),
    ("DOB [[DATE|3/5/31]]", "DOB 90+"),
    ("DOB: [[DATE|03/05/1937]]", "DOB: 1937"),
    ("married [[DATE|June 1, 1931]]", "married [DATE]"),
    ("[[DATE|1/2/1930]] to [[DATE|1/2/2020]]", "[DATE] to 2020"),
  ])
  func `keeps no year that gives away an age over 89`(source: String, expected: String) {
    #expect(redacted(source) == expected)
  }

  @Test func `reckons ages as of the given day`() throws {
    let source = "DOB: [[DATE|03/05/1930]]"
    #expect(redacted(source, by: .safeHarbor(asOf: try #require(CalendarDate("2019-12-31")))) == "DOB: 1930")
    #expect(redacted(source, by: .safeHarbor(asOf: try #require(CalendarDate("2020-01-01")))) == "DOB: 90+")
  }
}

struct AgeCategoryTests {
  @Test(arguments: [("89", "89"), ("7", "7"), ("90", "90+"), ("107", "90+"), ("ninety-six", "90+"), ("９３", "90+")])
  func `puts ages over 89 in one category`(age: String, expected: String) {
    #expect(redacted("[[AGE|\(age)]]-year-old") == "\(expected)-year-old")
  }
}

struct ZipPrefixTests {
  @Test(arguments: [
    ("02139", "021"), ("02139-4307", "021"), ("021394307", "021"), ("06301", "063"), ("83001", "830"),
    ("03601", "000"), ("20401", "000"), ("36901", "000"), ("77201", "000"), ("00501", "000"), ("20201", "000"),
    ("K1A 0B1", "[ZIP]"), ("0213", "[ZIP]"), ("02139x", "[ZIP]"), ("SW1A 2AA", "[ZIP]"),
  ])
  func `keeps three digits that more than 20,000 people share`(code: String, expected: String) {
    #expect(redacted("Cambridge MA [[ZIP|\(code)]]") == "Cambridge MA \(expected)")
  }

  @Test func `knows its census`() {
    let table = Profile.safeHarbor(asOf: today).zipPrefixes
    let kept = (0..<1000).filter { table.population(ofPrefix: $0) > 20_000 }.count
    #expect(table.year == 2020)
    #expect(table.sha256 == "423d12f5ea53fc29083c183df6cb845ed697b92a0eee2fc1f9c8e11a2356d6ff")
    #expect(kept == 876)
  }
}

struct PlaceholderTests {
  @Test func `puts the kind in the place of everything else`() {
    let others = Set(Identifier.allCases).subtracting([.date, .ageOver89, .zipCode])
    for identifier in others {
      #expect(redacted("a [[\(identifier.label)|Xyz 1]] b") == "a [\(identifier.label)] b")
    }
  }
}

struct MaskTests {
  @Test(arguments: [
    (Mask.Style.full, "219-09-9999", "***********"), (.fixedLength, "219-09-9999", "********"),
    (.formatKeeping, "219-09-9999", "###-##-####"), (.formatKeeping, "Ab-12é", "Xx-##x"),
    (.lastFour, "219-09-9999", "*******9999"), (.lastFour, "12 3", "12*3"), (.full, "é日", "**"),
  ])
  func `covers by its style`(style: Mask.Style, value: String, expected: String) throws {
    let amendment = Profile.internalDisplay(asOf: today).masking(
      IdentifierSet([.socialSecurityNumber]), with: Mask(style))
    guard case .accepted(let profile) = amendment else {
      Issue.record("internal-display takes every mask")
      return
    }
    #expect(redacted("[[SSN|\(value)]] [[MRN|7]]", by: profile) == "\(expected) [MRN]")
  }

  @Test(.proves("DID-10")) func `shows the last four digits inside the house, never under Safe Harbor`() {
    let ssn = IdentifierSet([.socialSecurityNumber])
    guard case .refused(let refusal) = Profile.safeHarbor(asOf: today).masking(ssn, with: Mask(.lastFour)) else {
      Issue.record("a part of a social security number is not Safe Harbor")
      return
    }
    #expect(refusal.rule == "45 CFR 164.514(b)(2)(i)")
    guard case .accepted(let profile) = Profile.internalDisplay(asOf: today).masking(ssn, with: Mask(.lastFour)) else {
      Issue.record("internal-display shows the last four digits")
      return
    }
    #expect(redacted("[[SSN|219-09-9999]]", by: profile) == "*******9999")
  }

  @Test(arguments: [Mask.Style.full, .fixedLength, .formatKeeping])
  func `is accepted by Safe Harbor when it shows nothing`(style: Mask.Style) {
    guard case .accepted = Profile.safeHarbor(asOf: today).masking(.all, with: Mask(style)) else {
      Issue.record("a mask that shows nothing is Safe Harbor")
      return
    }
  }
}
