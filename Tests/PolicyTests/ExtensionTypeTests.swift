import Policy
import Testing

struct ExtensionTypeTests {
  @Test(arguments: [
    ("0.0", 0), ("1.0", 10_000), ("-0.5", -5_000), ("00.10", 1_000), ("12.3456", 123_456),
    ("922337203685477.5807", Int64.max), ("-922337203685477.5808", Int64.min),
  ])
  func `decimals are ten-thousandths`(_ text: String, _ value: Int64) {
    #expect(Decimal(Text(text))?.tenThousandths == value)
  }

  @Test(arguments: [
    "", "1", "1.", ".5", "1.23456", "+1.0", "922337203685477.5808", "1e3", "--1.0", "1.0 ", "-.5", "1.2.3", "١.٠",
  ])
  func `refuses what is no decimal`(_ text: String) { #expect(Decimal(Text(text)) == nil) }

  @Test(arguments: [
    ("10.0.0.1", "10.0.0.1/32"), ("10.1.2.3/8", "10.1.2.3/8"), ("0.0.0.0/0", "0.0.0.0/0"),
    ("::1", "0:0:0:0:0:0:0:1/128"),
    ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0/128"), ("ff00::/8", "ff00:0:0:0:0:0:0:0/8"), ("::", "0:0:0:0:0:0:0:0/128"),
    ("fe80::A:b", "fe80:0:0:0:0:0:a:b/128"),
  ])
  func `reads addresses and ranges`(_ text: String, _ written: String) {
    #expect(IPAddress(Text(text))?.description == written)
  }

  @Test(arguments: [
    "", "10.0.0", "10.0.0.256", "10.0.0.1/33", "::1/129", "01.2.3.4", "::ffff:1.2.3.4", "10.0.0.0/08", "10.0.0.0/+8",
    "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", ":::", "g::", "10.0.0.1/", "12345::", "1.2.3.4/-1", "::1::", "::/0128",
  ])
  func `refuses what is no address`(_ text: String) { #expect(IPAddress(Text(text)) == nil) }

  @Test(arguments: [
    ("10.0.0.1", "10.0.0.0/8", true), ("11.0.0.1", "10.0.0.0/8", false), ("10.0.0.1/8", "10.9.0.0/8", true),
    ("10.0.0.0/7", "10.0.0.0/8", false), ("::1", "::/0", true), ("10.0.0.1", "::/0", false),
    ("1.2.3.4", "0.0.0.0/0", true),
  ])
  func `a range is in another when all of it is`(_ inner: String, _ outer: String, _ isIn: Bool) throws {
    #expect(try #require(IPAddress(Text(inner))).isInRange(#require(IPAddress(Text(outer)))) == isIn)
  }

  @Test(arguments: [
    ("1970-01-01", 0), ("1969-12-31T23:59:59Z", -1_000), ("2024-02-29", 1_709_164_800_000),
    ("2024-01-01T00:00:00+0100", 1_704_063_600_000), ("2024-01-01T00:00:00.123-0030", 1_704_069_000_123),
    ("0000-01-01", -62_167_219_200_000), ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
  ])
  func `moments are milliseconds since 1970`(_ text: String, _ milliseconds: Int64) {
    #expect(Moment(Text(text))?.milliseconds == milliseconds)
  }

  @Test(arguments: [
    "", "2023-02-29", "2024-13-01", "2024-00-10", "2024-01-00", "2024-1-1", "2024-01-01T24:00:00Z",
    "2024-01-01T10:00:60Z", "2024-01-01T10:00:00", "2024-01-01T10:00:00.1Z", "2024-01-01T10:00:00+2400",
    "2024-01-01T10:00:00+0060", "2024-01-01 10:00:00Z", "+2024-01-01", "2024-01-01Z", "2024-01-01T10:00:00Zz",
  ])
  func `refuses what is no moment`(_ text: String) { #expect(Moment(Text(text)) == nil) }

  @Test(arguments: [Int64.min, -1, 0, 86_399_999, 86_400_000, -86_400_000, 1_709_164_800_123, Int64.max])
  func `a moment is its day and its time of day`(_ milliseconds: Int64) throws {
    let moment = Moment(milliseconds: milliseconds)
    guard let date = moment.date else {
      #expect(milliseconds == Int64.min)
      return
    }
    #expect(date.milliseconds + moment.time.milliseconds == milliseconds)
    #expect((0..<86_400_000).contains(moment.time.milliseconds))
    #expect(try expression(Value.moment(moment).description).value(for: request, Entities()) == .moment(moment))
  }

  @Test(arguments: [
    ("0ms", 0), ("1d2h3m4s5ms", 93_784_005), ("-90m", -5_400_000), ("9223372036854775807ms", Int64.max),
    ("-9223372036854775808ms", Int64.min), ("106751991167d", 9_223_372_036_828_800_000),
  ])
  func `durations are milliseconds`(_ text: String, _ milliseconds: Int64) {
    #expect(Interval(Text(text))?.milliseconds == milliseconds)
  }

  @Test(arguments: [
    "", "-", "1", "1h1d", "1x", "1d1d", "9223372036854775808ms", "106751991168d", "+1d", "1 d", "d", "1ms1s",
  ])
  func `refuses what is no duration`(_ text: String) { #expect(Interval(Text(text)) == nil) }

  private let request = AccessRequest(principal: uid("U::a"), action: uid("Action::x"), resource: uid("R::r"))
}
