import Detection
import Testing

struct DateElementTests {
  @Test(arguments: [
    "Seen ⟦3/14/22⟧, then ⟦03-14-2022⟧.",
    "am ⟦14.03.2022⟧ und ⟦2022/03/14⟧",
    "DOB=⟦1965-01-01⟧",
    "last ⟦3/2022⟧",
    "on ⟦9.22.80⟧",
    "⟦15/08/1962⟧",
    "D.O.B.: ⟦1-1-65⟧",
    "ROOM 4 ⟦02-19-94⟧",
    "Arrived ⟦2024-11-02⟧ 21:47",
  ])
  func `finds dates in digits in every usual order`(_ marked: String) {
    #expect(remarked(marked, by: [DateElement()]) == marked)
  }

  @Test(arguments: [
    "at ⟦2024-12-03⟧T08:14:02Z sharp",
    "⟦11/02/2024⟧ 21:47",
    "⟦20240311042210⟧",
    "⟦20240311T042210Z⟧",
    "⟦20240311⟧",
  ])
  func `takes only the date of a date and time`(_ marked: String) {
    #expect(remarked(marked, by: [DateElement()]) == marked)
  }

  @Test(arguments: [
    "Admitted ⟦11/9⟧.",
    "Labs (⟦5/6⟧): Na 140",
    "⟦7/4⟧: BP normal",
    "Started ⟦12/5⟧, stopped ⟦12/19⟧.",
    "due ⟦2/1⟧",
    "films of ⟦8/29⟧ show",
    "RTC ⟦5/1⟧ clinic",
    "Wed ⟦6/7⟧ he fell",
    "off until ⟦10/24⟧, then light duty",
    "⟦08/22⟧ echo",
  ])
  func `finds a month and a day where the words round them speak of time`(_ marked: String) {
    #expect(remarked(marked, by: [DateElement()]) == marked)
  }

  @Test(arguments: [
    "from ⟦5/1/20⟧ through ⟦5/9/20⟧",
    "⟦5/1/20⟧-⟦5/9/20⟧",
    "stay ⟦1/20⟧ to ⟦1/27⟧ for",
    "⟦6/3⟧-⟦6/9⟧ on call",
    "Between ⟦June 3⟧ and ⟦June 9⟧",
  ])
  func `finds a range as two dates`(_ marked: String) {
    #expect(remarked(marked, by: [DateElement()]) == marked)
  }

  @Test(arguments: [
    "⟦March 14, 2022⟧",
    "⟦14 March 2022⟧",
    "⟦14-Mar-2022⟧ and ⟦Mar-14-2022⟧",
    "⟦Mar 14 '22⟧",
    "the ⟦4th of July⟧",
    "since ⟦October⟧",
    "mid-⟦June⟧",
    "in ⟦May⟧, then",
    "⟦March of 2019⟧",
    "⟦November 2022⟧ on",
    "⟦June 3-9, 2021⟧",
    "⟦3-8 November 2020⟧",
    "implanted ⟦12JUN2019⟧",
    "⟦March 2nd, 2024⟧",
    "Aug ward: ⟦Aug 10, '23⟧",
  ])
  func `finds months by name with day, year, both or neither`(_ marked: String) {
    #expect(remarked(marked, by: [DateElement()]) == marked)
  }

  @Test(arguments: [
    "from ⟦march ninth⟧ to ⟦march fourteenth⟧",
    "service ⟦april third twenty twenty four⟧ new",
    "date of birth is ⟦ten twelve sixty six⟧ uh",
    "on ⟦June first⟧.",
    "the ⟦twenty-second⟧.",
  ])
  func `finds dates in words`(_ marked: String) {
    #expect(remarked(marked, by: [DateElement()]) == marked)
  }

  @Test(arguments: [
    "le ⟦14 juillet 2021⟧",
    "am ⟦3. März 2020⟧",
    "el ⟦5 de mayo de 2019⟧",
    "den ⟦4 augusti 2020⟧",
  ])
  func `finds months of other languages beside a day`(_ marked: String) {
    #expect(remarked(marked, by: [DateElement()]) == marked)
  }

  @Test(arguments: [
    "on the ⟦14th⟧, he", "on ⟦15th⟧,",
    "came on the ⟦21st⟧.",
    "before the ⟦tenth⟧ end",
    "due on the ⟦23rd⟧, deltoid",
  ])
  func `finds a day of the month alone`(_ marked: String) {
    #expect(remarked(marked, by: [DateElement()]) == marked)
  }

  @Test(arguments: [
    "Motor 3/5 strength, 4/5 right, reflexes 2/4",
    "1/2 NS at 75 mL",
    "Entresto 24/26 mg",
    "BP 120/80",
    "GCS 15, MMSE 27/30, MoCA 14/30",
    "Pain 8/10 at rest",
    "Percocet 5/325",
    "Vision 20/40 OS",
    "50/50 mix, 70/30 insulin",
    "2/15 nodes positive",
    "murmur 2/6",
    "completed 8/12 visits",
    "Take 1/2 tab, 3/4 tsp",
    "L4/5 and L5/S1",
  ])
  func `leaves scores, strengths, doses, pressures and ratios`(_ marked: String) {
    #expect(remarked(marked, by: [DateElement()]) == marked)
  }

  @Test(arguments: [
    "In 2019 and spring 2021 on Monday at 14:30",
    "POD#3, DOL 6, day 3, 39+2 weeks",
    "2009;361:1139-51",
    "version 2.3.1",
    "build 20240115",
    "3-4 weeks, 2-3 times",
    "the 5th metatarsal",
    "the 2nd and 3rd digits",
    "the first visit",
    "the 4th floor",
    "Patient may march in place.",
    "This may be so",
    "the third ventricle",
    "OCT of the macula",
  ])
  func `leaves what is not more specific than a year or not a date`(_ marked: String) {
    #expect(remarked(marked, by: [DateElement()]) == marked)
  }
}
