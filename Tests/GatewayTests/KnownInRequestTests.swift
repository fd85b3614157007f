import Bytes
import Detection
import Gateway
import Testing

struct KnownInRequestTests {
  private static let known = """
    {"known":{"people":[{"names":["Tarn Quillfeather"],"relation":"patient"}],"dates":["1961-03-14"],
    "numbers":[{"kind":"MRN","value":"Q7-0045"}]}}
    """
  private static let text = "tquillfeather slept, T.Q. ate; born three fourteen sixty one, chart q7 0045, dose 5 mg"
  private static let planted = ["quillfeather", "T.Q.", "fourteen", "q7", "cordon", "Tarn", "1961"]

  /// Bodies that carry the member in front, in the middle, at the end and with its name escaped.
  private static let bodies = [
    #"{"cordon":\#(known),"model":"gpt-4o-mini","messages":[{"role":"user","content":"\#(text)"}]}"#,
    #"{"model":"gpt-4o-mini" , "cordon" : \#(known) , "messages":[{"role":"user","content":"\#(text)"}]}"#,
    #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"\#(text)"}], "cordon":\#(known) }"#,
    #"{"model":"gpt-4o-mini","\u0063ordon":\#(known),"messages":[{"role":"user","content":"\#(text)"}]}"#,
  ]

  @Test(arguments: bodies)
  func `finds what the caller knows and sends the vendor none of it`(_ body: String) async throws {
    let vendor = ScriptedVendor.echo()
    let bench = try await TestBench(vendor)
    let answer = try await bench.send(Array(body.utf8), useCase: "summarize")
    #expect(answer.text == Self.text)
    let sent = String(decoding: try #require(vendor.bodies.first), as: UTF8.self)
    #expect(try JSONValue(parsing: Array(sent.utf8)).members?.map(\.name) == ["store", "model", "messages"])
    for value in Self.planted { #expect(!sent.contains(value)) }
    #expect(sent.contains("dose 5 mg"))
  }

  @Test func `records how many values were known, and no value`() async throws {
    let bench = try await TestBench(.echo())
    _ = try await bench.send(Array(Self.bodies[0].utf8), useCase: "summarize")
    let entries = try await bench.entries()
    #expect(entries[0]["known_identifiers"]?.integer == 3)
    for entry in entries {
      let line = String(decoding: entry.bytes, as: UTF8.self)
      for value in ["Quill", "quill", "1961", "Q7"] { #expect(!line.contains(value)) }
    }
  }

  @Test(arguments: [
    (#"{"known":{"dates":["14 March"]}}"#, "`cordon.known.dates[0]`: must be a day such as 1961-03-14"),
    (#"{"known":{"people":[{"names":["Al"]}]}}"#, "`cordon.known.people[0].names[0]`"),
    (#"{"known":[]}"#, "`cordon.known`: must be an object"),
    (#"{"knwon":{}}"#, "`cordon`: has a member that is not one of `known`, `patient`, `user`"),
    ("7", "`cordon`: must be an object"),
  ])
  func `refuses what it cannot read, and says where`(_ member: String, _ message: String) async throws {
    let vendor = ScriptedVendor.echo()
    let bench = try await TestBench(vendor)
    let body = #"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"x"}],"cordon":\#(member)}"#
    let answer = try await bench.send(Array(body.utf8), useCase: "summarize")
    #expect(answer.status == 400)
    #expect(answer.error == "invalid_request")
    #expect(answer.message.contains(message))
    #expect(vendor.bodies.isEmpty)
  }

  @Test func `refuses known identifiers for a use case that takes none`() async throws {
    let vendor = ScriptedVendor.echo()
    let yaml = SampleConfiguration.yaml.replacing("restore: [NAME]\n", with: "restore: [NAME]\n    known: refuse\n")
    let bench = try await TestBench(vendor, yaml: yaml)
    let answer = try await bench.send(Array(Self.bodies[0].utf8), useCase: "names-only")
    #expect(answer.status == 403)
    #expect(answer.error == "known_not_accepted")
    #expect(vendor.bodies.isEmpty)
    #expect(try await bench.send(Array(Self.bodies[0].utf8), useCase: "summarize").status == 200)
  }

  @Test func `finds what the site lists and keeps what it wants kept`() async throws {
    let vendor = ScriptedVendor.echo()
    let site = try SiteLists([
      SiteLists.File(name: "numbers.txt", bytes: Array("MRN QQ@-####-##".utf8)),
      SiteLists.File(name: "keep.txt", bytes: Array("Birchwood Clinic".utf8)),
    ])
    let bench = try await TestBench(vendor, site: site)
    _ = try await bench.ask("seen at Birchwood Clinic, qqx-0451-22 it was", useCase: "summarize")
    let sent = String(decoding: try #require(vendor.bodies.first), as: UTF8.self)
    #expect(sent.contains("Birchwood Clinic"))
    #expect(!sent.contains("0451"))
  }
}
