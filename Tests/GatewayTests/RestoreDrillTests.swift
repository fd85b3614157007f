import Gateway
import Ledger
import PHI
import Testing

struct RestoreDrillTests {
  /// 2026-11-21, 23:59.
  private static let last = Timestamp(milliseconds: 1_795_305_540_000)

  @Test(arguments: [("2026-11-21", true), ("2027-02-19", true), ("2027-02-20", false)])
  func `is young enough for so many days`(_ day: String, _ isSatisfied: Bool) throws {
    let drill = RestoreDrill(last: RestoreDrillTests.last, within: 90, on: try #require(CalendarDate(day)))
    #expect(drill.state == (isSatisfied ? "satisfied" : "not-satisfied"))
    #expect(drill.lack == (isSatisfied ? nil : .tooOld(days: 91)))
  }

  @Test func `none at all is not young enough`() throws {
    let drill = RestoreDrill(last: nil, within: 3_650, on: try #require(CalendarDate("2026-11-21")))
    #expect(drill.state == "not-satisfied" && drill.lack == .never)
  }

  @Test func `has a specification of its own`() { #expect(SecuritySpecification.at(RestoreDrill.paragraph) != nil) }
}
