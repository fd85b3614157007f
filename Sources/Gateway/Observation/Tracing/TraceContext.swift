/// To which trace something belongs, and under which span, as the header `traceparent` says it (W3C Trace Context).
package struct TraceContext: Hashable, Sendable {
  /// The trace, 128 bits.
  package let trace: [UInt64]
  /// The span.
  package let span: UInt64
  /// Whether the trace is kept.
  package let isSampled: Bool

  package init(trace: [UInt64], span: UInt64, isSampled: Bool) {
    self.trace = trace
    self.span = span
    self.isSampled = isSampled
  }

  /// The context that a header says; nil when it says none, and so for every mistake in it.
  package init?(_ header: String) {
    let parts = header.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count >= 4, parts[0].utf8.count == 2, parts[1].utf8.count == 32, parts[2].utf8.count == 16,
      parts[3].utf8.count == 2, parts[0...3].allSatisfy({ $0.utf8.allSatisfy(Self.isHex) }),
      parts[0] != "ff", parts[0] != "00" || parts.count == 4,
      let high = UInt64(parts[1].prefix(16), radix: 16), let low = UInt64(parts[1].suffix(16), radix: 16),
      let span = UInt64(parts[2], radix: 16), let flags = UInt8(parts[3], radix: 16), high | low != 0, span != 0
    else { return nil }
    self.init(trace: [high, low], span: span, isSampled: flags & 1 == 1)
  }

  /// The value of the header.
  package var header: String { "00-\(traceText)-\(Self.hex(span))-\(isSampled ? "01" : "00")" }

  /// The trace in hexadecimal digits.
  var traceText: String { trace.map(Self.hex).joined() }

  static func hex(_ word: UInt64) -> String {
    let digits = String(word, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }

  private static func isHex(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) }
}
