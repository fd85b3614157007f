import Detection
import PHI
import Testing

struct OverlapResolutionTests {
  private let page = Page(Array("abcd efgh ijkl".utf8))

  private func finding(_ range: Range<Int>, _ confidence: Confidence) -> Finding {
    Finding(.otherNumber, at: range, confidence: confidence, by: "test")
  }

  @Test func `keeps the outer of two nested findings`() {
    let outer = finding(0..<9, .low)
    #expect([finding(5..<9, .certain), outer].resolvingOverlaps(on: page) == [outer])
  }

  @Test func `keeps the surer of two findings in one place`() {
    let surer = finding(0..<4, .high)
    #expect([finding(0..<4, .low), surer].resolvingOverlaps(on: page) == [surer])
  }

  @Test func `cuts the less sure of two crossing findings`() {
    let findings = [finding(0..<9, .low), finding(5..<14, .high)]
    #expect(findings.resolvingOverlaps(on: page) == [finding(0..<4, .low), finding(5..<14, .high)])
    let swapped = [finding(0..<9, .high), finding(5..<14, .low)]
    #expect(swapped.resolvingOverlaps(on: page) == [finding(0..<9, .high), finding(10..<14, .low)])
  }
}
