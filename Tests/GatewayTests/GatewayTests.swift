import Bytes
import Gateway
import Ledger
import PHI
import TestKit
import Testing

struct GatewayTests {
  static let note =
    "Patient: Maria Gonzalez, MRN: TV-0051-4672, DOB 03/15/1987. Ms. Gonzalez called from (208) 555-0148; dose 1.10 mg."
  static let planted = ["Maria", "Gonzalez", "TV-0051-4672", "03/15", "555-0148"]

  @Test(.proves("IOC-06"), arguments: [false, true])
  func `keeps planted identifiers from the vendor and gives them back to who may see them`(
    _ isStreaming: Bool
  ) async throws {
    let vendor = ScriptedVendor.echo()
    let bench = try await TestBench(vendor)
    let authorised = try await bench.ask(Self.note, useCase: "summarize", streaming: isStreaming)
    let unauthorised = try await bench.ask(Self.note, useCase: "tokens-only", streaming: isStreaming)

    #expect(authorised.text == Self.note)
    #expect(vendor.bodies.count == 2)
    for body in vendor.bodies {
      let text = String(decoding: body, as: UTF8.self)
      for value in Self.planted { #expect(!text.contains(value)) }
      #expect(text.contains("dose 1.10 mg"))
    }
    for value in Self.planted { #expect(!unauthorised.text.contains(value)) }
    #expect(unauthorised.text == ScriptedVendor.lastContent(of: try #require(vendor.requests.last)))
  }

  @Test func `restores only the kinds that a use case names`() async throws {
    let bench = try await TestBench(.echo())
    let answer = try await bench.ask(Self.note, useCase: "names-only")
    #expect(answer.text.contains("Patient: Maria Gonzalez"))
    #expect(!answer.text.contains("TV-0051-4672"))
  }

  @Test func `opens an entry before the vendor and closes it before the end`() async throws {
    let bench = try await TestBench(.echo())
    _ = try await bench.ask(Self.note, useCase: "summarize")
    let entries = try await bench.entries()
    #expect(entries.map { $0["event"]?.string } == ["request.opened", "request.closed"])
    #expect(entries.map { $0["request"]?.string } == ["req_1", "req_1"])
    #expect(entries[0]["identifiers"]?["NAME"]?.integer == 2)
    #expect(entries[1]["outcome"]?.string == "completed")
    #expect(entries[1]["prompt_tokens"]?.integer == 11)
  }

  @Test func `sends nothing and says so when the log cannot be written`() async throws {
    let vendor = ScriptedVendor.echo()
    let bench = try await TestBench(vendor)
    try await bench.ledger.close()
    let answer = try await bench.ask(Self.note, useCase: "summarize")
    #expect(answer.status == 503)
    #expect(answer.error == "log_unavailable")
    #expect(vendor.bodies.isEmpty)
  }

  @Test func `refuses what it cannot inspect, and names the place`() async throws {
    let vendor = ScriptedVendor.echo()
    let bench = try await TestBench(vendor)
    let body = #"""
      {"model":"gpt-4o-mini","messages":[{"role":"user","content":[{"type":"text","text":"who is this"},
      {"type":"image_url","image_url":{"url":"https://x.example/face.jpg"}}]}]}
      """#
    let answer = try await bench.send(Array(body.utf8), useCase: "summarize")
    #expect(answer.status == 403)
    #expect(answer.error == "uninspectable_content")
    #expect(answer.headers.contains { $0 == ("x-should-retry", "false") })
    #expect(answer.message.contains("`messages[0].content[1].image_url`"))
    #expect(vendor.bodies.isEmpty)
    #expect(try await bench.entries().map { $0["rule"]?.string } == ["uninspectable_content"])
  }

  @Test func `sends no byte under an agreement that expired yesterday`() async throws {
    let vendor = ScriptedVendor.echo()
    let bench = try await TestBench(vendor, today: "2027-01-02")
    let answer = try await bench.ask(Self.note, useCase: "summarize")
    #expect(answer.status == 403)
    #expect(answer.error == "baa_not_in_force")
    #expect(vendor.bodies.isEmpty)
    #expect(try await bench.entries().map { $0["decision"]?.string } == ["deny"])
  }

  @Test(arguments: ["{", "[]", #"{"model":"gpt-4o-mini"}"#, #"{"model":"m","messages":[],"model":"n"}"#])
  func `rejects a body that is no request`(_ body: String) async throws {
    let vendor = ScriptedVendor.echo()
    let bench = try await TestBench(vendor)
    let answer = try await bench.send(Array(body.utf8), useCase: nil)
    #expect(answer.status == 400)
    #expect(vendor.bodies.isEmpty)
    #expect(try await bench.entries().map { $0["rule"]?.string } == ["invalid_request"])
  }

  @Test(arguments: [401, 403, 404, 429, 500, 529])
  func `tells a vendor's failure without the vendor's words`(_ status: Int) async throws {
    let vendor = ScriptedVendor { _ throws(VendorFailure) in
      VendorAnswer(
        status: status, contentType: "application/json", passedHeaders: [("retry-after", "7")],
        body: .pieces([Array(#"{"error":{"message":"secret of the vendor"}}"#.utf8)]))
    }
    let bench = try await TestBench(vendor)
    let answer = try await bench.ask(Self.note, useCase: "summarize")
    #expect(answer.status == (status == 401 || status == 403 ? 502 : status))
    #expect(!answer.message.contains("secret"))
    #expect(answer.headers.contains { $0 == ("retry-after", "7") })
    #expect(try await bench.entries().last?["outcome"]?.string == "vendor_failed")
  }

  @Test func `shows the end of a stream that broke off`() async throws {
    let bytes = ScriptedVendor.events(saying: "The answer is NAME_1", cut: 5)
    let vendor = ScriptedVendor { _ throws(VendorFailure) in
      ScriptedVendor.stream(Array(bytes.prefix(bytes.count / 2)), cut: 9)
    }
    let bench = try await TestBench(vendor)
    let answer = try await bench.ask(Self.note, useCase: "summarize", streaming: true)
    #expect(answer.error == "vendor_interrupted")
    #expect(!answer.isDone)
    #expect(try await bench.entries().last?["outcome"]?.string == "vendor_failed")
  }

  @Test(arguments: [
    #""role":"Maria_Gonzalez""#, #""role":"tool","tool_call_id":"SSN-219-09-9999""#,
    #""role":"tool","tool_call_id":"MRN-TV-0051-4672""#, #""role":"user","name":"Maria_Gonzalez""#,
  ])
  func `searches fields of the protocol that hold something else`(_ fields: String) async throws {
    let vendor = ScriptedVendor.echo()
    let bench = try await TestBench(vendor)
    let body = #"{"model":"gpt-4o-mini","messages":[{\#(fields),"content":"Maria Gonzalez is here"}]}"#
    _ = try await bench.send(Array(body.utf8), useCase: "summarize")
    let sent = String(decoding: try #require(vendor.bodies.first), as: UTF8.self)
    for value in ["219-09", "0051-4672", "Gonzalez"] { #expect(!sent.contains(value)) }
  }

  @Test func `passes on nothing that a vendor says after the end`() async throws {
    let bytes = ScriptedVendor.events(saying: "done", cut: 4)
    let vendor = ScriptedVendor { _ throws(VendorFailure) in
      ScriptedVendor.stream(bytes + ScriptedVendor.events(saying: "more", cut: 4), cut: 10_000)
    }
    let answer = try await TestBench(vendor).ask(Self.note, useCase: "summarize", streaming: true)
    #expect(answer.text == "done")
    #expect(answer.isDone)
  }

  @Test(arguments: 1...40)
  func `restores a stream cut into pieces of any length`(_ length: Int) async throws {
    let text = "José Núñez-Ødegård (MRN: TV-0051-4672) — 日本 — José"
    let bench = try await TestBench(.echo(cutting: length))
    let answer = try await bench.ask(text, useCase: "summarize", streaming: true)
    #expect(answer.text == text)
    #expect(answer.isDone)
  }

  @Test func `closes an exchange that the client left`() async throws {
    let bench = try await TestBench(.echo())
    try await bench.leaveStream(Self.note, useCase: "summarize")
    #expect(try await bench.entries().last?["outcome"]?.string == "client_disconnected")
    #expect(bench.gateway.metrics.inFlight == 0)
  }
}
