import Bytes
import Gateway
import Providers
import TestKit
import Testing

/// What vendors say of the credentials that they were sent.
struct CredentialTests {
  private static let key = "sk-proj-7Qf/zR2mX9vB+tL4wHc8"
  private static let former = "sk-proj-former-Kd83nVb27sLq"
  private static let known = KnownCredentials([VendorCredential(key: key), VendorCredential(key: former)])
  private static let label = "[CREDENTIAL]"

  /// The text as a client gets it that comes in these pieces.
  private static func shown(_ pieces: [[UInt8]], _ known: KnownCredentials = known) -> [[UInt8]] {
    var screen = CredentialScreen(CredentialsInForce(known))
    return pieces.map { screen.push($0.span) ?? $0 } + [screen.finish()]
  }

  private static func cut(_ bytes: [UInt8], _ first: Int, _ second: Int) -> [[UInt8]] {
    [Array(bytes[..<first]), Array(bytes[first..<second]), Array(bytes[second...])]
  }

  @Test(arguments: [
    ("Incorrect API key provided: \(key).", "Incorrect API key provided: \(label)."),
    ("\(key)\(key) or \(former)", "\(label)\(label) or \(label)"),
    (#"{"a":"sk\u002dproj-7Qf\/zR2mX9vB+tL4wHc8"}"#, #"{"a":"[CREDENTIAL]"}"#),
    (#"{"a":"{\"b\":\"\\u0073k-proj-7Qf\\/zR2mX9vB\\u002btL4wHc8\"}"}"#, #"{"a":"{\"b\":\"[CREDENTIAL]\"}"}"#),
    ("sk-proj-sk-proj-7Qf/zR2mX9vB+tL4wHc8", "sk-proj-\(label)"),
    ("?key=sk-proj-7Qf%2fzR2mX9vB%2BtL4wHc8&a=100%", "?key=\(label)&a=100%"),
    (#"%73k%2Dproj-7Qf\/zR2mX9vB\u002btL4wHc8 \u00257\u0033k-proj-7Qf/zR2mX9vB+tL4wHc%38"#, "\(label) \(label)"),
  ])
  func `hides a credential at every pair of cuts`(text: String, expected: String) {
    let bytes = Array(text.utf8)
    for first in 0...bytes.count {
      for second in first...bytes.count {
        let shown = Self.shown(Self.cut(bytes, first, second)).flatMap(\.self)
        #expect(String(decoding: shown, as: UTF8.self) == expected, "cut at \(first) and \(second)")
      }
    }
  }

  @Test(arguments: [
    "Incorrect API key provided: sk-proj-****wHc8.", "sk-proj-7Qf/zR2mX9vB+tL4wHc", #"C:\users\sk-proj-\n\"#,
    "Fieber \\u00fcber 39 \\/ sk", "the patient asks: sk-proj-", "100%, 5% 6%2 sk%", "c2stcHJvai0", "%20sk-proj%2d7Qf%",
  ])
  func `leaves everything else as it is, at every pair of cuts`(text: String) {
    let bytes = Array(text.utf8)
    for first in 0...bytes.count {
      for second in first...bytes.count {
        let shown = Self.shown(Self.cut(bytes, first, second)).flatMap(\.self)
        #expect(shown == bytes, "cut at \(first) and \(second)")
      }
    }
  }

  private static let around = [("", ""), ("x", ""), ("xy", ""), ("user:", ":x"), ("\u{1F5DD}", "xy"), ("u:", "xyz")]

  @Test(arguments: [false, true], around.indices)
  func `hides a credential in Base64, wherever it begins in it, at every cut`(inURLs isInURLs: Bool, _ place: Int) {
    let (before, after) = Self.around[place]
    let clear = Array("\(before)\(Self.key)\(after)".utf8)
    let encoded = isInURLs ? Base64URL.encode(clear) : Base64.encode(clear)
    for text in [
      "Basic \(encoded) is it", encoded, encoded.replacing("/", with: "\\/"), encoded.replacing("+", with: "%2B"),
    ] {
      let bytes = Array(text.utf8)
      for cut in 0...bytes.count {
        let shown = String(decoding: Self.shown(Self.cut(bytes, cut, cut)).flatMap(\.self), as: UTF8.self)
        #expect(shown.contains(Self.label), "cut at \(cut)")
        // What is left of it shares its letters with what stands around it.
        #expect(shown.count <= text.count - 4 * Self.key.count / 3 + 1 + Self.label.count)
      }
    }
  }

  @Test func `leaves Base64 of everything else as it is`() {
    for text in [
      "sk-proj-", "Patient: Ottoline Brackenridge, born 1961-04-12", String(Self.key.dropLast(2)), "sk-proj-7Qf/zR",
    ] {
      for before in ["", "x", "xy"] {
        let encoded = Array(Base64.encode(Array((before + text).utf8)).utf8)
        #expect(Self.shown([encoded]).flatMap(\.self) == encoded)
      }
    }
  }

  @Test(arguments: ["ab%41cdefghijklmnop", "%sk-0123456789abcdef"])
  func `hides one that has the sign itself in it, as it is and encoded`(_ key: String) {
    let known = KnownCredentials([VendorCredential(key: key)])
    for text in [key, key.replacing("%", with: "%25"), Base64.encode(Array(key.utf8))] {
      let shown = Self.shown(text.utf8.map { [$0] }, known).flatMap(\.self)
      #expect(String(decoding: shown, as: UTF8.self).hasPrefix(Self.label), "\(text)")
    }
  }

  /// A letter as it is, and as the longest escape that is read.
  @Test(
    arguments: [
      { letter in [letter] },
      { letter in Array(repeating: 0x5C, count: 16) + Array("u00\(String(letter, radix: 16))".utf8) },
    ] as [@Sendable (UInt8) -> [UInt8]])
  func `tells nobody by what it holds back how a credential goes on`(spelling: @Sendable (UInt8) -> [UInt8]) {
    let right = Array(Self.key.utf8)
    for length in 4..<right.count - 1 {
      let wrong = Array(right[..<length]) + [right[length] ^ 1] + right[(length + 1)...].dropLast()
      let pieces = [Array(right.dropLast()), wrong].map { text in Self.shown(text.map(spelling)).map(\.count) }
      #expect(pieces[0].prefix(length + 1) == pieces[1].prefix(length + 1), "after \(length) letters")
    }
  }

  @Test func `reads a text of backslashes alone as fast as any`() {
    let bytes = Array(repeating: 0x5C, count: 1 << 20) + Array("/sk-proj-".utf8)
    #expect(Self.shown([bytes]).flatMap(\.self) == bytes)
  }

  @Test func `looks for no words`() {
    var screen = CredentialScreen(CredentialsInForce(KnownCredentials([VendorCredential(key: "ollama")])))
    #expect(screen.push(Array("ollama".utf8).span) == nil && screen.finish().isEmpty)
    #expect(!"\(Self.known)".contains("sk-proj"))
  }

  private static func vendor(
    _ script: @escaping @Sendable (OutboundRequest) throws(VendorFailure) -> VendorAnswer
  ) -> ScriptedVendor {
    ScriptedVendor(sending: VendorCredential(key: key), script)
  }

  private func expectNothing(of answer: TestAnswer, _ bench: TestBench) async throws {
    let headers = answer.headers.map { "\($0.name): \($0.value)\n" }.joined()
    #expect(!(headers + String(decoding: answer.body, as: UTF8.self)).contains("7Qf"))
    _ = try await bench.entries()
    // Three letters stand by chance in what is encrypted.
    for file in try bench.files() {
      let content = String(decoding: file.bytes, as: UTF8.self)
      #expect(!content.contains("proj-7Qf") && !content.contains("zR2mX9vB"), "\(file.name)")
    }
    #expect(!bench.metrics.contains("7Qf"))
  }

  @Test(arguments: [1, 2, 5, 11])
  func `no stream says one, however its text and its bytes are cut`(length: Int) async throws {
    let said = "Your key is \(Self.key), Maria Gonzalez."
    let bench = try await TestBench(
      Self.vendor { request throws(VendorFailure) in
        let name = ScriptedVendor.lastContent(of: request)
        let text = said.replacing("Maria Gonzalez", with: name)
        return ScriptedVendor.stream(ScriptedVendor.events(saying: text, cut: length), cut: 3 * length)
      })
    let answer = try await bench.ask("Maria Gonzalez", useCase: "summarize", streaming: true)
    #expect(answer.text == said.replacing(Self.key, with: Self.label))
    #expect(answer.isDone)
    try await expectNothing(of: answer, bench)
  }

  @Test func `no whole answer shows one, in its text, its members or its headers`() async throws {
    let bench = try await TestBench(
      Self.vendor { _ throws(VendorFailure) in
        let body = """
          {"id":"\(Self.key)","object":"chat.completion","model":"\(Self.key)","debug":{"\(Self.key)":"Bearer \(Self.key)"},\
          "choices":[{"index":0,"message":{"role":"assistant","content":"It is sk\\u002dproj-7Qf\\/zR2mX9vB+tL4wHc8."},\
          "finish_reason":"stop"}]}
          """
        return VendorAnswer(
          status: 200, contentType: "application/json",
          passedHeaders: [
            ("x-ratelimit-limit-requests", "60"), ("x-ratelimit-key", Self.key),
            ("x-ratelimit-\(Self.key.lowercased())", "1"),
          ],
          body: .pieces([Array(body.utf8)]))
      })
    let answer = try await bench.ask("Maria Gonzalez has asthma", useCase: "summarize")
    #expect(answer.text == "It is \(Self.label).")
    #expect(try JSONValue(parsing: answer.body)["debug"]?[Self.label]?.string == "Bearer \(Self.label)")
    #expect(answer.headers.contains { $0 == ("x-ratelimit-limit-requests", "60") })
    #expect(answer.headers.contains { $0 == ("x-ratelimit-key", Self.label) })
    #expect(!answer.headers.contains { $0.name.contains("7qf") })
    try await expectNothing(of: answer, bench)
  }

  @Test(arguments: [400, 401, 500])
  func `no error tells one`(status: Int) async throws {
    let bench = try await TestBench(
      Self.vendor { _ throws(VendorFailure) in
        VendorAnswer(
          status: status, contentType: "application/json", passedHeaders: [("retry-after", Self.key)],
          body: .pieces([Array(#"{"error":{"message":"Incorrect API key provided: \#(Self.key)"}}"#.utf8)]))
      })
    let answer = try await bench.ask("Maria Gonzalez has asthma", useCase: "summarize")
    #expect(answer.error == "vendor_status_\(status)")
    try await expectNothing(of: answer, bench)
  }

  @Test func `hides one that comes into force while a text arrives`() throws {
    let inForce = CredentialsInForce(KnownCredentials([VendorCredential(key: Self.former)]))
    var screen = CredentialScreen(inForce)
    var shown = screen.push(Array("Not \(Self.former), but sk-".utf8).span) ?? []
    inForce.take { KnownCredentials([VendorCredential(key: Self.key)], after: $0) }
    for byte in "proj-7Qf/zR2mX9vB+tL4wHc8 or \(Self.former).".utf8 { shown += screen.push([byte].span) ?? [byte] }
    shown += screen.finish()
    let text = String(decoding: shown, as: UTF8.self)
    #expect(text == "Not \(Self.label), but \(Self.label) or \(Self.label).")
  }

  @Test func `an answer that runs while a key is changed shows neither`() async throws {
    let said = "Not \(Self.former), but \(Self.key), Maria Gonzalez. "
    let text = String(repeating: said, count: 20)
    let bench = try await TestBench(
      ScriptedVendor(sending: VendorCredential(key: Self.former)) { request throws(VendorFailure) in
        let name = ScriptedVendor.lastContent(of: request)
        let text = text.replacing("Maria Gonzalez", with: name)
        return ScriptedVendor.stream(ScriptedVendor.events(saying: text, cut: 5), cut: 64)
      })
    let later = Self.vendor { _ throws(VendorFailure) in ScriptedVendor.whole(saying: "") }
    let endpoints = Dictionary(uniqueKeysWithValues: bench.configuration.vendors.map { ($0.id, later) })
    let answer = try await bench.ask("Maria Gonzalez", useCase: "summarize") {
      _ = bench.gateway.sending(through: endpoints, tools: [:])
    }
    #expect(answer.isDone && !answer.text.contains("Kd83"))
    // Only what had left before it was known says it.
    #expect(answer.text.hasSuffix(said.replacing(Self.former, with: Self.label).replacing(Self.key, with: Self.label)))
  }

  @Test func `hides what was sent before the key was changed, too`() async throws {
    let bench = try await TestBench(Self.vendor { _ throws(VendorFailure) in ScriptedVendor.whole(saying: "") })
    let later = ScriptedVendor(sending: VendorCredential(key: Self.former)) { _ throws(VendorFailure) in
      ScriptedVendor.whole(saying: "Not \(Self.key), but \(Self.former).")
    }
    let endpoints = Dictionary(uniqueKeysWithValues: bench.configuration.vendors.map { ($0.id, later) })
    let reply = await bench.gateway.sending(through: endpoints, tools: [:]).answer(
      ModelCall(
        .chatCompletions, requestID: bench.gateway.newRequestID(), caller: bench.configuration.callers[0],
        useCase: "summarize", body: TestBench.body("Maria Gonzalez has asthma")))
    guard case .whole(let body) = reply.body else {
      Issue.record("is no whole answer")
      return
    }
    let answer = try TestAnswer(status: reply.status, headers: reply.headers, body: body)
    #expect(answer.text == "Not \(Self.label), but \(Self.label).")
    try await expectNothing(of: answer, bench)
  }
}
