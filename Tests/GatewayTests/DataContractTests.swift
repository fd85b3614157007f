import Bytes
import Gateway
import TestKit
import Testing
import Vault

struct DataContractTests {
  private static func contract(_ shares: String, retains: String = "[]") throws(ConfigurationError) -> DataContract? {
    let contract = "    contract: {shares: \(shares), retains: \(retains)}\n"
    return try Configuration(
      yaml: SampleConfiguration.yaml.replacing("  - id: summarize\n", with: "  - id: summarize\n\(contract)")
    ).useCases[0].contract
  }

  @Test(arguments: [
    (#"{"model":"m","messages":[]}"#, #"{"model":"m","messages":[]}"#, 0),
    (
      #"{"model":"m","stream":true,"user":"dr. lee","messages":[{"role":"user"}]}"#,
      #"{"model":"m","stream":true,"messages":[{"role":"user"}]}"#, 1
    ),
    (#"{"user":1}"#, "{}", 1), ("{}", "{}", 0), ("[]", "[]", 0), ("7", "7", 0),
    (
      #"{"metadata":{"unit":"3 \u00e9","mrn":"4711","deep":{"unit":1}},"n":[1,{"a":[2]}]}"#,
      #"{"metadata":{"unit":"3 \u00e9"}}"#, 3
    ),
    (#"{"metadata":"all of it"}"#, "{}", 1),
    (#"{"metadata":["all of it",{"unit":1,"x":2}]}"#, #"{"metadata":[{"unit":1}]}"#, 2),
    (#"{ "model" : "m" , "x" : 1 , "messages" : [ 1 ] }"#, #"{"model" :"m","messages" :[ 1 ]}"#, 1),
    (#"{"\u006dodel":"m","x":1}"#, #"{"\u006dodel":"m"}"#, 1), (#"{"Model":"m"}"#, "{}", 1),
  ])
  func `keeps what it names byte for byte, and counts what it drops`(_ body: String, _ kept: String, _ count: Int)
    throws
  {
    let contract = try #require(try Self.contract("[messages, metadata.unit]"))
    let (bytes, dropped) = try contract.applied(to: Array(body.utf8))
    #expect(String(decoding: bytes, as: UTF8.self) == kept)
    #expect(dropped == count)
  }

  @Test func `keeps a body of which it drops nothing as it came`() throws {
    let contract = try #require(try Self.contract("[messages]"))
    let body = Array(" { \"model\" :\n\"m\", \"messages\": [ {} ] } ".utf8)
    #expect(try contract.applied(to: body).body == body)
  }

  @Test func `lets nothing through that it does not name, in any text of a JSON value`() throws {
    let contract = try #require(try Self.contract("[a, b.c, d.e.f]"))
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<2_000 {
      let value = Self.value(&generator, depth: 0)
      let (body, dropped) = try contract.applied(to: value.bytes)
      let kept = try JSONValue(parsing: body)
      #expect(kept == Self.expected(value, [["a"], ["b", "c"], ["d", "e", "f"], ["model"], ["stream"]]))
      #expect((dropped == 0) == (kept == value))
    }
  }

  @Test(arguments: ["[a..b]", "[\"\"]", "messages", "[.a]"])
  func `refuses what names no field`(_ shares: String) {
    #expect(throws: ConfigurationError.self) { try Self.contract(shares) }
  }

  @Test func `retains whom the use case requires`() throws {
    #expect(try Self.contract("[messages]", retains: "[patient, user]")?.retained == [.patient, .user])
    #expect(throws: ConfigurationError.self) { try Self.contract("[messages]", retains: "[nobody]") }
    #expect(throws: ConfigurationError.self) {
      try Self.contract("[messages]", retains: "[user]\n    requires: [patient]")
    }
  }

  @Test func `drops fields before the vendor, and the log and the metrics count them`() async throws {
    let yaml = SampleConfiguration.yaml.replacing(
      "  - id: summarize\n",
      with: "  - id: summarize\n    contract: {shares: [messages.content, messages.role], retains: [user]}\n")
    let vendor = ScriptedVendor.echo()
    let bench = try await TestBench(vendor, yaml: yaml)
    let body: JSONValue = [
      "model": "gpt-4o-mini", "user": "mrn 48291773", "metadata": ["note": "Ottoline Brackenridge"],
      "messages": [["role": "user", "name": "Brackenridge", "content": "hello"]],
    ]
    let answer = try await bench.send(body.bytes, useCase: "summarize", patient: "Patient/4711", user: "lee")
    #expect(answer.status == 200)
    let sent = try JSONValue(parsing: try #require(vendor.bodies.first))
    #expect(sent["messages"]?.array?.first == ["role": "user", "content": "hello"])
    #expect(sent["user"] == nil && sent["metadata"] == nil)
    #expect(bench.gateway.metrics.page().contains("cordon_fields_dropped_total 4\n"))
    let entries = try await bench.entries()
    #expect(entries[0]["fields_dropped"]?.integer == 4)
    await #expect(throws: VaultError(.unknownSubject)) { try await bench.report(on: "Patient/4711") }
  }

  private static func value(_ generator: inout SeededGenerator, depth: Int) -> JSONValue {
    let names = ["a", "b", "c", "d", "e", "f", "model"]
    switch Int.random(in: 0..<(depth > 4 ? 2 : 6), using: &generator) {
    case 0: return .integer(Int.random(in: 0..<9, using: &generator))
    case 1: return .string("\"\\{}")
    case 2:
      return .array((0..<Int.random(in: 0..<4, using: &generator)).map { _ in value(&generator, depth: depth + 1) })
    default:
      let chosen = names.filter { _ in Bool.random(using: &generator) }
      return .object(chosen.map { JSONMember($0, value(&generator, depth: depth + 1)) })
    }
  }

  /// The same by a walk over the tree.
  private static func expected(_ value: JSONValue, _ paths: [[String]]) -> JSONValue {
    if paths.contains([]) { return value }
    switch value {
    case .object(let members):
      return .object(
        members.compactMap { member in
          let rest = paths.filter { $0.first == member.name }.map { Array($0.dropFirst()) }
          let isLeaf = member.value.members == nil && member.value.array == nil
          guard !rest.isEmpty, rest.contains([]) || !isLeaf else { return nil }
          return JSONMember(member.name, expected(member.value, rest))
        })
    case .array(let elements):
      return .array(elements.filter { $0.members != nil || $0.array != nil }.map { expected($0, paths) })
    default: return value
    }
  }
}
