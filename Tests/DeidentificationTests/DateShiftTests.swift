import Deidentification
import PHI
import TestKit
import Testing

struct DateShiftTests {
  private let profile: Profile
  private let days: Int

  init() throws {
    let keys = try keys()
    profile = try expert([.date: .shift(keepsWeekdays: false)], keys: keys)
    days = try #require(keys.patient).dayShift(keepingWeekdays: false)
  }

  private func shifted(_ date: String, by profile: Profile? = nil) -> String {
    redacted("on [[DATE|\(date)]].", by: profile ?? self.profile).dropFirst(3).dropLast().description
  }

  /// The day that `date` moves to.
  private func moved(_ date: String) throws -> CalendarDate {
    let day = try #require(CalendarDate(date))
    return try #require(CalendarDate(shifted(day.description)))
  }

  @Test(arguments: ["March 3-5", "November 13-18", "13-18 November", "14 March 3", "March 187", "3/187"])
  func `removes what is read in part only`(date: String) {
    #expect(shifted(date) == "[DATE]")
    #expect(redacted("on [[DATE|\(date)]].", by: .safeHarbor(asOf: today)) == "on [DATE].")
  }

  @Test func `moves by the days of the patient`() throws {
    #expect(days != 0 && abs(days) <= 364)
    #expect(shifted("1970-01-01") == CalendarDate(secondsSinceEpoch: Int64(days) * 86_400).description)
  }

  @Test(arguments: [
    "03/14/2024", "14.03.2024", "2024-03-14", "20240314", "20240314093000", "2024-03-14T09:30:00Z", "03/14/24",
    "03-14-2024", "14-Mar-2024", "Thu 03/14/2024", "03/14/2024 09:30",
  ])
  func `keeps the written form`(date: String) {
    let new = shifted(date)
    #expect(shape(new) == shape(date))
    #expect(new != date)
  }

  @Test(arguments: [
    ("3/14/24", "3/21/24"), ("03/14/2024", "03/21/2024"), ("14.03.2024", "21.03.2024"), ("2024-03-14", "2024-03-21"),
    ("20240314093000", "20240321093000"), ("March 14", "March 21"), ("March 14th, 2024", "March 21st, 2024"),
    ("MARCH 30, 2024", "APRIL 6, 2024"), ("30 mar 2024", "6 apr 2024"), ("Mar. 30, 2024", "Apr. 6, 2024"),
    ("Sept 28, 2023", "Oct 5, 2023"), ("May 30, 2024", "June 6, 2024"),
    ("Thursday, March 14, 2024", "Thursday, March 21, 2024"),
    ("12/28/2023 to 1/3/2024", "01/04/2024 to 1/10/2024"), ("March 2024", "March 2024"), ("2024-02-28", "2024-03-06"),
    ("2023-02-28", "2023-03-07"), ("12/31/99", "01/07/00"), ("28-May-2023", "4-Jun-2023"),
    ("10:30 on 3/14/2024", "10:30 on 3/21/2024"),
    ("the 14th of March, 2024", "the 21st of March, 2024"), ("2/29", "3/7"),
  ])
  func `writes the day a week later as the first is written`(date: String, later: String) throws {
    let week = try week()
    #expect(shifted(date, by: week) == later)
  }

  /// A profile that moves dates by one week, for whichever patient has that shift.
  private func week() throws -> Profile {
    for number in 0..<20_000 {
      let keys = try keys("p\(number)")
      guard keys.patient?.dayShift(keepingWeekdays: true) == 7 else { continue }
      return try expert([.date: .shift(keepsWeekdays: true)], keys: keys)
    }
    Issue.record("some patient has a shift of one week")
    throw Refused()
  }

  @Test(arguments: [UInt64(1), 2, 3])
  func `keeps every interval exactly`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    func day() -> CalendarDate {
      CalendarDate(secondsSinceEpoch: Int64.random(in: -900_000_000...1_700_000_000, using: &random))
    }
    func number(_ date: CalendarDate) -> Int {
      (0...).first { CalendarDate(secondsSinceEpoch: Int64($0 - 20_000) * 86_400) == date } ?? -1
    }
    for _ in 0..<20 {
      let (first, second) = (day(), day())
      let difference = number(try moved(first.description)) - number(try moved(second.description))
      #expect(difference == number(first) - number(second), "seed \(seed)")
    }
  }

  @Test func `keeps the day of the week when the profile does`() throws {
    let weeks = try expert([.date: .shift(keepsWeekdays: true)], keys: try keys())
    #expect(shifted("Thursday", by: weeks) == "[DATE]")
    #expect(shifted("Thu 3/14/2024", by: weeks).hasPrefix("Thu "))
    #expect(try #require(keys().patient).dayShift(keepingWeekdays: true) % 7 == 0)
  }

  @Test func `moves the days of the week with the dates when it does not keep them`() throws {
    for number in 0..<40 {
      let keys = try keys("p\(number)")
      let shift = try #require(keys.patient).dayShift(keepingWeekdays: false)
      let profile = try expert([.date: .shift(keepsWeekdays: false)], keys: keys)
      let names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
      #expect(shifted("Thu 3/14/2024", by: profile).prefix(3) == names[((3 + shift) % 7 + 7) % 7])
    }
  }

  @Test func `moves a date of birth, unless it gives away an age over 89`() {
    #expect(redacted("DOB: [[DATE|03/05/1961]]", by: profile) != "DOB: 03/05/1961")
    #expect(redacted("DOB: [[DATE|03/05/1930]]", by: profile) == "DOB: 90+")
    #expect(redacted("married [[DATE|June 1, 1931]]", by: profile) == "married [DATE]")
  }

  @Test(arguments: [
    "the 14th", "twenty-second", "O8/l4/2O24", "Ⅲ/5", "de marzo", "02/30/2024", "November 3-8, 2024", "0112", "easter",
  ])
  func `redacts what it cannot read`(date: String) { #expect(shifted(date) == "[DATE]") }

  @Test func `moves each patient by other days, in each project`() throws {
    let shifts = try (0..<200).map { try #require(keys("p\($0)").patient).dayShift(keepingWeekdays: false) }
    #expect(Set(shifts).count > 120)
    #expect(shifts.allSatisfy { $0 != 0 && abs($0) <= 364 })
    let elsewhere = try (0..<200).map { number in
      try #require(keys("p\(number)", in: "copd").patient).dayShift(keepingWeekdays: false)
    }
    #expect(zip(shifts, elsewhere).count(where: ==) < 10)
  }

  private func shape(_ text: String) -> String {
    String(text.map { $0.isNumber ? "9" : $0.isUppercase ? "X" : $0.isLetter ? "x" : $0 })
  }
}
