import Gateway
import Ledger
import Testing

struct KeyUseWatchTests {
  private let watch = KeyUseWatch()
  private let lee = ConfiguredName("dr-lee")
  private let other = ConfiguredName("batch")
  private static let minute: Int64 = 60_000

  /// Lets a caller use keys so often in each of these minutes.
  private func use(_ caller: ConfiguredName?, _ times: Int, in minutes: Range<Int64>) throws {
    let caller = try #require(caller)
    for minute in minutes { for _ in 0..<times { watch.used(by: caller, at: minute * Self.minute) } }
  }

  @Test func `raises an alert when a caller uses keys eight times as often as in its last hour`() throws {
    try use(lee, 20, in: 0..<10)
    try use(other, 20, in: 0..<10)
    #expect(watch.take() == [])
    try use(lee, 160, in: 10..<11)
    #expect(watch.take() == [])
    try use(lee, 1, in: 10..<11)
    #expect(watch.take() == [Alert(.keyUseSpike, caller: lee)])
    try use(other, 20, in: 10..<11)
    #expect(watch.take() == [])
  }

  @Test func `says it once in ten minutes`() throws {
    try use(lee, 10, in: 0..<10)
    try use(lee, 200, in: 10..<11)
    #expect(watch.take().count == 1)
    try use(lee, 400, in: 11..<12)
    #expect(watch.take() == [])
    try use(lee, 10, in: 80..<90)
    try use(lee, 300, in: 90..<91)
    #expect(watch.take().count == 1)
  }

  @Test func `takes little for no spike, and learns for five minutes what is usual`() throws {
    try use(lee, 1, in: 0..<6)
    try use(lee, 60, in: 6..<7)
    #expect(watch.take() == [])
    try use(other, 6_000, in: 0..<1)
    #expect(watch.take() == [])
    try use(other, 1, in: 0..<1)
    #expect(watch.take() == [Alert(.keyUseSpike, caller: other)])
  }

  @Test func `what was not recorded is raised again`() {
    let alert = Alert(.unknownPrincipal)
    watch.noticed(alert, at: 0)
    let taken = watch.take()
    #expect(taken == [alert])
    watch.putBack(taken)
    #expect(watch.take() == [alert])
  }
}
