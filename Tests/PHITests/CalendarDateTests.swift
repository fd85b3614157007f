import PHI
import Testing

struct CalendarDateTests {
  @Test(arguments: [
    (0, "1970-01-01"), (86_399, "1970-01-01"), (86_400, "1970-01-02"), (-1, "1969-12-31"),
    (951_782_400, "2000-02-29"), (1_794_700_799, "2026-11-14"), (4_102_444_800, "2100-01-01"),
  ])
  func `finds the day of a moment`(_ seconds: Int64, _ day: String) {
    #expect(CalendarDate(secondsSinceEpoch: seconds) == CalendarDate(day))
  }

  @Test(arguments: ["2026-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "26-01-01", "2026/01/01", "", "２０２６-01-01"])
  func `knows no day that the calendar has not`(_ text: String) {
    #expect(CalendarDate(text) == nil)
  }

  @Test func `writes a day as it reads it`() {
    #expect(CalendarDate("2024-02-29")?.description == "2024-02-29")
  }
}
