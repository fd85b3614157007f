import Bytes
import Detection
import Gateway
import PHI
import Testing

struct RequestDetectionTests {
  private static let text = "The wound is dry. Follow up with zorblatt next week."

  /// A reader that takes `zorblatt` for a name, this surely.
  private static func finding(_ confidence: Confidence, reach: SecondOpinion.Reach = .everything) -> SecondOpinion {
    SecondOpinion(reach: reach, threshold: Confidence(percent: 0)) { text, _ in
      guard let start = text.indices.first(where: { text[$0...].starts(with: "zorblatt".utf8) }) else { return [] }
      return [Finding(.name, at: start..<start + 8, confidence: confidence, by: "test")]
    }
  }

  private static let failing = SecondOpinion(reach: .everything) { _, _ throws(SecondOpinionFailure) in
    throw SecondOpinionFailure("the model failed while it read a text: error 1")
  }

  private static func readers(asked: SecondOpinion? = nil, escalated: SecondOpinion? = nil) -> Readers {
    var readers = Readers()
    readers.asked = asked
    readers.escalated = escalated
    return readers
  }

  private static func yaml(floor: Int, action: String) -> String {
    SampleConfiguration.yaml
      + "\ndetection: {model: m, tier: cheap, below_floor: \(action), confidence_floor: \(floor)}"
  }

  @Test(arguments: [false, true])
  func `keeps from the vendor what a second reader finds, and gives it back`(_ isStreaming: Bool) async throws {
    let vendor = ScriptedVendor.echo()
    let bench = try await TestBench(vendor, readers: Self.readers(asked: Self.finding(.high)))
    let answer = try await bench.ask(Self.text, useCase: "summarize", streaming: isStreaming)
    #expect(answer.text == Self.text)
    #expect(!String(decoding: try #require(vendor.bodies.first), as: UTF8.self).contains("zorblatt"))
    #expect(try await bench.entries()[0]["identifiers"]?["NAME"]?.integer == 1)
  }

  @Test(arguments: [false, true])
  func `sends nothing when a second reader fails, says so and records it`(_ isStreaming: Bool) async throws {
    let vendor = ScriptedVendor.echo()
    let bench = try await TestBench(vendor, readers: Self.readers(asked: Self.failing))
    let answer = try await bench.ask(Self.text, useCase: "summarize", streaming: isStreaming)
    #expect(answer.status == 503)
    #expect(answer.error == "detection_unavailable")
    #expect(!answer.headers.contains { $0.name == "x-should-retry" })
    #expect(!answer.message.contains("zorblatt"))
    #expect(vendor.bodies.isEmpty)
    #expect(bench.gateway.metrics.inFlight == 0)
    #expect(bench.gateway.metrics.page().contains(#"cordon_refusals_total{rule="detection_unavailable"} 1"#))
    let entries = try await bench.entries()
    #expect(entries.map { $0["event"]?.string } == ["request.refused"])
    #expect(entries.map { $0["rule"]?.string } == ["detection_unavailable"])
    #expect(entries.map { $0["status"]?.integer } == [503])
  }

  @Test func `refuses what is found with little confidence, and tells how much of which kind`() async throws {
    let vendor = ScriptedVendor.echo()
    let bench = try await TestBench(
      vendor, yaml: Self.yaml(floor: 100, action: "block"),
      readers: Self.readers(asked: Self.finding(Confidence(percent: 30))))
    let answer = try await bench.ask(Self.text, useCase: "summarize")
    #expect(answer.status == 403)
    #expect(answer.error == "low_confidence")
    #expect(answer.headers.contains { $0 == ("x-should-retry", "false") })
    #expect(answer.message.contains("1 found with less than 100 % confidence: NAME 1;"))
    #expect(!answer.message.contains("zorblatt"))
    #expect(vendor.bodies.isEmpty)
    let entries = try await bench.entries()
    #expect(entries.map { $0["rule"]?.string } == ["low_confidence"])
    #expect(entries.map { $0["status"]?.integer } == [403])
    #expect(entries.map { $0["identifiers"]?["NAME"]?.integer } == [1])
  }

  @Test(arguments: [("block", 0), ("redact", 100)])
  func `goes on above the floor, and below it where the site says so`(_ action: String, _ floor: Int) async throws {
    let vendor = ScriptedVendor.echo()
    let bench = try await TestBench(
      vendor, yaml: Self.yaml(floor: floor, action: action),
      readers: Self.readers(asked: Self.finding(Confidence(percent: 30))))
    #expect(try await bench.ask(Self.text, useCase: "summarize").status == 200)
    #expect(!String(decoding: try #require(vendor.bodies.first), as: UTF8.self).contains("zorblatt"))
  }

  @Test func `lets a second reader read all of a request only when something is below the floor`() async throws {
    let vendor = ScriptedVendor.echo()
    let text = "Seen by Dr. Harriet Vane. Follow up with zorblatt next week."
    for (floor, isSent) in [(0, true), (100, false)] {
      let bench = try await TestBench(
        vendor, yaml: Self.yaml(floor: floor, action: "escalate"),
        readers: Self.readers(escalated: Self.finding(.certain)))
      #expect(try await bench.ask(text, useCase: "summarize").text == text)
      let sent = String(decoding: try #require(vendor.bodies.last), as: UTF8.self)
      #expect(sent.contains("zorblatt") == isSent)
      #expect(!sent.contains("Vane"))
    }
  }

  @Test func `sends nothing when the reader of what is escalated fails`() async throws {
    let vendor = ScriptedVendor.echo()
    let bench = try await TestBench(
      vendor, yaml: Self.yaml(floor: 100, action: "escalate"), readers: Self.readers(escalated: Self.failing))
    #expect(try await bench.ask(GatewayTests.note, useCase: "summarize").error == "detection_unavailable")
    #expect(vendor.bodies.isEmpty)
  }

  /// The section `detection`, and the mistake in it; its line is the section's.
  struct Mistake: CustomTestStringConvertible {
    var members: String
    var code: ConfigurationError.Code
    var path: String

    var testDescription: String { members }
  }

  @Test(arguments: [
    Mistake(members: "tier: large", code: .wrongForm(expected: "`cheap`, `auto` or `transformer`"), path: "tier"),
    Mistake(members: "tier: auto", code: .missing, path: "model"),
    Mistake(members: "runtime: libonnxruntime.so", code: .missing, path: "model"),
    Mistake(
      members: "model: m, threads: 0", code: .wrongForm(expected: "a whole number from 1 to 256"), path: "threads"),
    Mistake(
      members: "model: m, threshold: 101", code: .wrongForm(expected: "a whole number from 0 to 100"),
      path: "threshold"),
    Mistake(
      members: "below_floor: review", code: .wrongForm(expected: "`redact`, `block` or `escalate`"),
      path: "below_floor"),
    Mistake(members: "below_floor: block", code: .missing, path: "confidence_floor"),
    Mistake(members: "below_floor: escalate, confidence_floor: 80", code: .missing, path: "model"),
    Mistake(
      members: "tires: auto",
      code: .unknownKey(allowed: [
        "site_lists", "tier", "model", "runtime", "threads", "threshold", "below_floor", "confidence_floor",
      ]), path: "tires"),
  ])
  func `names the line and the place of a mistake`(_ mistake: Mistake) {
    let line = SampleConfiguration.yaml.split(separator: "\n", omittingEmptySubsequences: false).count + 1
    let error = #expect(throws: ConfigurationError.self) {
      try Configuration(yaml: SampleConfiguration.yaml + "\ndetection: {\(mistake.members)}")
    }
    #expect(error == ConfigurationError(mistake.code, at: "detection.\(mistake.path)", line: line))
  }

  @Test(arguments: [
    "model: /nowhere", "tier: transformer, model: /nowhere",
    "tier: cheap, model: /nowhere, below_floor: escalate, confidence_floor: 80",
  ])
  func `does not start without a model that is named`(_ members: String) throws {
    let configuration = try Configuration(yaml: SampleConfiguration.yaml + "\ndetection: {\(members)}")
    #expect(throws: (any Error).self) { _ = try Readers(configuration) }
  }

  @Test(arguments: ["tier: cheap, model: /nowhere", "below_floor: block, confidence_floor: 80"])
  func `loads nothing where nobody is to be asked`(_ members: String) throws {
    let configuration = try Configuration(yaml: SampleConfiguration.yaml + "\ndetection: {\(members)}")
    let readers = try Readers(configuration)
    #expect(readers.asked.map { _ in true } == nil)
    #expect(readers.escalated.map { _ in true } == nil)
  }
}
