import Bytes
import Gateway
import Ledger
import Providers
import TestKit
import Testing

struct SensitiveTests {
  /// The sample with a vendor in the house, which `summarize` falls back to nothing but.
  private static func yaml(_ sensitive: String, fallbacks: String = "") -> String {
    let local = """
        - id: local
          kind: openai
          base_url: http://127.0.0.1:9998/v1
          inside: true
          region: us-east
          agreement: {id: OWN-1, signed: 2026-01-01, expires: 2027-01-01, prohibits_training: true}
        - id: inside
      """
    return SampleConfiguration.yaml.replacing("  - id: inside", with: local)
      .replacing("vendor: mock\n    restore: all", with: "vendor: mock\n    \(fallbacks)\n    restore: all")
      + "\nsensitive: {\(sensitive)}\n"
  }

  private static let all =
    "classes: [substance_use, psychotherapy, hiv, genomics, reproductive_health], vendor: local, model: llama-3"

  @Test(
    .proves("RES-02"),
    arguments: [
      "Started on buprenorphine after two relapses.", "Known opioid use disorder.", "dx F11.20, F17.210",
      "Psychotherapy notes of the last session.", "billed 90837", "HIV-positive since 2019", "on Biktarvy", "B20 noted",
      "Pt has AIDS.", "a pathogenic variant in BRCA1", "result of genetic testing", "She is pregnant.", "O26.851 noted",
      "on \u{201C}heroin\u{201D} since", "HIV\u{2013}positive", "substance\u{A0}use", "\u{2022}HIV", "Dx:\u{A0}F11.20",
      "heroin\u{2019}s effects", "H\u{200B}IV test", "\u{FF28}\u{FF29}\u{FF36} test", "H&#73;V test", "took lsd",
      "\u{202E}tset VIH\u{202C} done", "her\u{2066}o\u{2069}in", "he\u{61C}roin", "&#x202E;nioreh&#x202C; since",
      "EMDR", "emdr",
      "Human\\nimmunodeficiency\\nvirus", "\\u0048\\u0049V serology", "SEEN FOR SUBSTANCE-USE TREATMENT",
    ])
  func `sends a prompt with a sensitive class only to the model in the house`(_ text: String) async throws {
    let (outside, local) = (ScriptedVendor.echo(), ScriptedVendor.echo())
    let bench = try await TestBench(outside, yaml: Self.yaml(Self.all), others: ["local": local])
    let body = Array(#"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"\#(text)"}]}"#.utf8)
    #expect(try await bench.send(body, useCase: "summarize").status == 200)
    #expect(outside.requests.isEmpty)
    #expect(local.requests.map(\.model) == ["llama-3"])
    let entries = try await bench.entries()
    #expect(entries.map { $0["vendor"]?.string } == ["mock", "local", "local"])
    #expect(entries[0]["rule"]?.string == "sensitive_inside_only")
    // Which class it was stands beside nobody's tag.
    #expect(entries.allSatisfy { !String(decoding: $0.bytes, as: UTF8.self).contains("hiv") })
  }

  @Test(arguments: [
    "Uses hearing aids.", "Vitamin B12 was low.", "Smoker, F17.210.", "Room B2, bed 20.", "Fracture of the left wrist.",
    "Gina pushes the cart to prep.", "Caf\u{E9} au lait",
  ])
  func `lets other prompts go where they went`(_ text: String) async throws {
    let (outside, local) = (ScriptedVendor.echo(), ScriptedVendor.echo())
    let bench = try await TestBench(outside, yaml: Self.yaml(Self.all), others: ["local": local])
    #expect(try await bench.ask(text, useCase: "summarize").status == 200)
    #expect(outside.requests.count == 1)
    #expect(local.requests.isEmpty)
  }

  @Test func `never falls back to a vendor outside, and refuses when nobody inside is named`() async throws {
    let failing = ScriptedVendor { _ throws(VendorFailure) in throw VendorFailure(.unreachable) }
    let outside = ScriptedVendor.echo()
    let bench = try await TestBench(outside, yaml: Self.yaml(Self.all), others: ["local": failing])
    #expect(try await bench.ask("HIV test positive.", useCase: "summarize").status == 503)
    #expect(outside.requests.isEmpty)

    let nobody = try await TestBench(outside, yaml: Self.yaml("classes: [hiv]"))
    let answer = try await nobody.ask("HIV test positive.", useCase: "summarize")
    #expect((answer.status, answer.error) == (403, "sensitive_inside_only"))
    #expect(try await nobody.ask("Pregnant.", useCase: "summarize").status == 200)
    #expect(outside.requests.count == 1)
  }

  @Test func `takes the use case's own fallback inside, under the name that it has for the model`() async throws {
    let local = ScriptedVendor.echo()
    let yaml = Self.yaml(
      "classes: [hiv]", fallbacks: "fallbacks: [{vendor: local, models: {gpt-4o-mini: own-model}}]")
    let bench = try await TestBench(.echo(), yaml: yaml, others: ["local": local])
    #expect(try await bench.ask("HIV test positive.", useCase: "summarize").status == 200)
    #expect(local.requests.map(\.model) == ["own-model"])
  }

  @Test(arguments: ["genomics", "GDIS", "hiv"])
  func `believes what a request declares`(_ declared: String) async throws {
    let (outside, local) = (ScriptedVendor.echo(), ScriptedVendor.echo())
    let bench = try await TestBench(
      outside, yaml: Self.yaml("classes: [genomics], vendor: local"), others: ["local": local])
    let body: JSONValue = [
      "model": "gpt-4o-mini", "messages": [["role": "user", "content": "Hello."]],
      "cordon": ["sensitivity": [.string(declared)]],
    ]
    #expect(try await bench.send(body.bytes, useCase: "summarize").status == 200)
    // Also of a class that the configuration does not look for.
    #expect(outside.requests.isEmpty)
    #expect(local.requests.count == 1)
  }

  @Test func `refuses a declaration that it does not know`() async throws {
    let bench = try await TestBench(.echo(), yaml: Self.yaml(Self.all))
    let body: JSONValue = [
      "model": "gpt-4o-mini", "messages": [["role": "user", "content": "Hello."]],
      "cordon": ["sensitivity": ["secret"]],
    ]
    let answer = try await bench.send(body.bytes, useCase: "summarize")
    #expect(answer.status == 400)
    #expect(answer.message.contains("`cordon.sensitivity`: must name classes among `substance_use`"))
  }

  @Test(arguments: [
    ("classes: [rumours]", "sensitive.classes[0]"), ("classes: [hiv], vendor: mock", "sensitive"),
    ("classes: [hiv], vendor: nobody", "sensitive"), ("classes: [hiv], model: llama-3", "sensitive.model"),
    ("vendor: local", "sensitive.classes"),
  ])
  func `takes no settings that would let something out`(_ sensitive: String, _ place: String) throws {
    let error = #expect(throws: ConfigurationError.self) { try Configuration(yaml: Self.yaml(sensitive)) }
    #expect(error?.path == place)
  }
}
