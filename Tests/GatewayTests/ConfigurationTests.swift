import Gateway
import PHI
import Testing

struct ConfigurationTests {
  @Test func `reads every key`() throws {
    let configuration = try Configuration(yaml: SampleConfiguration.yaml)
    #expect(configuration.listen == Configuration.Listen(address: "127.0.0.1", port: 8787, certificate: nil))
    #expect(configuration.dataDirectory == "state")
    #expect(configuration.callers.map(\.id.name) == ["dr-lee", "batch"])
    #expect(configuration.useCases.map(\.restores) == [Set(Identifier.allCases), [.name, .date], [], [.name]])
    #expect(configuration.vendors.map(\.isOutside) == [true, false])
    #expect(configuration.vendors[0].agreement?.expires == CalendarDate("2027-01-01"))
    #expect(configuration.limits.bodyBytes == 65_536)
    #expect(configuration.limits.connections == Limits().connections)
  }

  /// A line of the sample, what it is replaced by, and the error that results.
  struct Mistake: CustomTestStringConvertible {
    var line: String
    var replacement: String
    var code: ConfigurationError.Code
    var path: String

    var testDescription: String { "\(line) -> \(replacement)" }
  }

  static let mistakes = [
    Mistake(
      line: "      prohibits_training: true", replacement: "      prohibit_training: true",
      code: .unknownKey(allowed: [
        "vendor", "id", "signed", "effective", "expires", "terminated", "environment", "prohibits_training",
        "zero_retention_attested", "breach_report_hours", "regions", "services", "purposes", "data_classes",
        "subcontractors", "clauses", "document",
      ]),
      path: "vendors[0].agreement.prohibit_training"),
    Mistake(
      line: "      prohibits_training: true", replacement: "      prohibits_training: yes",
      code: .wrongForm(expected: "`true` or `false`"), path: "vendors[0].agreement.prohibits_training"),
    Mistake(
      line: "      expires: 2027-01-01", replacement: "      expires: 2027-02-30",
      code: .wrongForm(expected: "a date such as 2026-01-31"), path: "vendors[0].agreement.expires"),
    Mistake(
      line: "    vendor: mock", replacement: "    vendor: mork", code: .unknownReference(to: "vendor"),
      path: "use_cases[0].vendor"),
    Mistake(
      line: "    use_cases: [summarize, code, tokens-only, names-only]",
      replacement: "    use_cases: [summarize, coding, tokens-only, names-only]",
      code: .unknownReference(to: "use case"), path: "callers[0].use_cases[1]"),
    Mistake(
      line: "  address: 127.0.0.1", replacement: "  address: 0.0.0.0", code: .needsCertificate, path: "listen.address"),
    Mistake(
      line: "  address: 127.0.0.1", replacement: "  address: 127.example.org", code: .needsCertificate,
      path: "listen.address"),
    Mistake(
      line: "  port: 8787", replacement: "  port: 70000", code: .wrongForm(expected: "a whole number from 0 to 65535"),
      path: "listen.port"),
    Mistake(
      line: "    base_url: http://127.0.0.1:9999/v1", replacement: "    base_url: http://vendor.example/v1",
      code: .wrongForm(expected: "an https address: only 127.0.0.1, [::1] and localhost may do without"),
      path: "vendors[0].base_url"),
    Mistake(
      line: "    base_url: http://127.0.0.1:9999/v1", replacement: "    base_url: http://127.0.0.1.vendor.example/v1",
      code: .wrongForm(expected: "an https address: only 127.0.0.1, [::1] and localhost may do without"),
      path: "vendors[0].base_url"),
    Mistake(
      line: "  body_bytes: 65536", replacement: "  body_bites: 65536",
      code: .unknownKey(allowed: [
        "body_bytes", "header_bytes", "connections", "request_seconds", "idle_seconds", "answer_bytes",
        "connect_seconds", "vendor_silence_seconds", "answer_seconds", "drain_seconds",
        "kept_maps", "kept_bytes", "deferred_requests", "deferred_bytes", "deferred_at_once",
      ]), path: "limits.body_bites"),
    Mistake(
      line: "  - id: batch", replacement: "  - id: dr-lee", code: .duplicate, path: "callers[1]"),
    Mistake(
      line: "    models: [gpt-4o-mini]", replacement: "    models: []",
      code: .wrongForm(expected: "at least one model"), path: "use_cases[0].models"),
  ]

  @Test(arguments: mistakes)
  func `names the line and the place of a mistake`(_ mistake: Mistake) throws {
    let lines = SampleConfiguration.yaml.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let index = try #require(lines.firstIndex(of: mistake.line))
    var changed = lines
    changed[index] = mistake.replacement
    let error = #expect(throws: ConfigurationError.self) {
      try Configuration(yaml: changed.joined(separator: "\n"))
    }
    #expect(error == ConfigurationError(mistake.code, at: mistake.path, line: index + 1))
  }

  @Test func `says what to do about a misspelt key`() {
    let error = ConfigurationError(.unknownKey(allowed: ["id", "kind"]), at: "vendors[0].knd", line: 7)
    #expect(error.description == "line 7: `vendors[0].knd`: no such key\nhelp: the keys here are `id`, `kind`")
  }

  @Test(arguments: ["", "listen: [", "listen: {port: 1}\nlisten: {port: 2}", "- a", "\u{0}"])
  func `refuses what is no configuration`(_ yaml: String) {
    #expect(throws: ConfigurationError.self) { try Configuration(yaml: yaml) }
  }
}
