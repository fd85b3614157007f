import EncryptedComputation
import Testing

struct BoundsTests {
  @Test(arguments: [
    ("0..120", 0, 120, 0), ("-5..5", -5, 5, 0), ("0.00..999.99", 0, 99_999, 2), ("-1.5..+2", -15, 20, 1),
    ("7..7", 7, 7, 0),
  ])
  func `reads bounds with the decimals they are written with`(
    _ text: String, _ lower: Int64, _ upper: Int64, _ decimals: Int
  ) throws {
    #expect(try Bounds(parsing: text) == Bounds(lower...upper, decimals: decimals))
    #expect(try Bounds(parsing: Bounds(parsing: text).description) == Bounds(parsing: text))
  }

  @Test(arguments: [
    "", "5", "..", "0..", "..9", "9..0", "0...9", "a..b", "0..1e3", "0.. 9", "0..9999999999999999999", "1.2.3..4",
  ])
  func `refuses what are no bounds`(_ text: String) {
    #expect(throws: ComputationError(.notANumber)) { try Bounds(parsing: text) }
  }

  @Test(arguments: [("12", 2, 1200), ("-0.5", 2, -50), ("+3.14", 2, 314), ("007", 0, 7)])
  func `reads decimals as units of the last one`(_ text: String, _ decimals: Int, _ units: Int64) throws {
    #expect(try Decimals.units(of: text, decimals: decimals) == units)
  }

  @Test(arguments: ["", "-", ".5", "5.", "1.234", "--1", "1,5", "1 ", "١", "NaN"])
  func `refuses what is no number with two decimals`(_ text: String) {
    #expect(throws: ComputationError(.notANumber)) { try Decimals.units(of: text, decimals: 2) }
  }

  @Test(arguments: [(1234, 2, "12.34"), (-5, 2, "-0.05"), (0, 3, "0.000"), (-7, 0, "-7")] as [(Int64, Int, String)])
  func `writes units as decimals`(_ units: Int64, _ decimals: Int, _ text: String) {
    #expect(Decimals.text(units, decimals: decimals) == text)
  }
}
