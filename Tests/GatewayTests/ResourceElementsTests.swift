import Bytes
import Gateway
import TestKit
import Testing

/// FHIR resources in requests go along with the elements that a contract names.
struct ResourceElementsTests {
  private static let patient =
    #"{"resourceType":"Patient","id":"p1","gender":"female","birthDate":"1961-03-14","name":[{"family":"Gonzalez","given":["Maria"]}]}"#

  private static func elements(_ names: String) throws -> ResourceElements {
    let contract = "    contract: {shares: [messages], retains: [], fhir: \(names)}\n"
    let configuration = try Configuration(
      yaml: SampleConfiguration.yaml.replacing("  - id: summarize\n", with: "  - id: summarize\n\(contract)"))
    return try #require(configuration.useCases[0].contract?.elements)
  }

  private static func quoted(_ text: String) -> String {
    var bytes: [UInt8] = []
    let source = Array(text.utf8)
    JSONString.quote(source.span, into: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// What a body holds, what goes along of it, and how many elements are shared and dropped.
  @Test(
    arguments: [
      (patient, #"{"resourceType":"Patient","gender":"female","birthDate":"1961-03-14"}"#, 2, 2),
      (#"{"gender":"x","resourceType":"Patient"}"#, #"{"gender":"x","resourceType":"Patient"}"#, 1, 0),
      (
        #"{"a":\#(patient),"b":[1, {"c":2}]}"#,
        #"{"a":{"resourceType":"Patient","gender":"female","birthDate":"1961-03-14"},"b":[1, {"c":2}]}"#, 2, 2
      ),
      // Of a type that is not named, what type it is.
      (#"{"resourceType":"Device","id":"d"}"#, #"{"resourceType":"Device"}"#, 0, 1),
      (#"{"\u0072esourceType":"Patient","id":"d"}"#, #"{"\u0072esourceType":"Patient"}"#, 0, 1),
      // Fields of elements, in lists and objects.
      (
        #"{"resourceType":"Observation","code":{"text":"Hb","coding":[1]},"component":[{"value":1.10,"note":"x"},"y"],"note":[]}"#,
        #"{"resourceType":"Observation","code":{"text":"Hb"},"component":[{"value":1.10}]}"#, 2, 4
      ),
      // A bundle is there for those in it; what is contained is a resource of its own.
      (
        #"{"resourceType":"Bundle","id":"b","entry":[{"fullUrl":"u","resource":\#(patient)},{"resource":{"resourceType":"X","y":1}}]}"#,
        #"{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","gender":"female","birthDate":"1961-03-14"}},{"resource":{"resourceType":"X"}}]}"#,
        2, 5
      ),
      (
        #"{"resourceType":"Encounter","contained":[\#(patient)],"id":"e"}"#,
        #"{"resourceType":"Encounter","contained":[{"resourceType":"Patient","gender":"female","birthDate":"1961-03-14"}]}"#,
        2, 3
      ),
      (#"{"id":"none","family":["a"]}"#, #"{"id":"none","family":["a"]}"#, 0, 0),
      (#"["resource",{"type":"Patient"}]"#, #"["resource",{"type":"Patient"}]"#, 0, 0),
    ] as [(String, String, Int, Int)])
  func `keeps the elements that are named byte for byte, wherever a resource stands`(
    _ resource: String, _ kept: String, _ shared: Int, _ dropped: Int
  ) throws {
    let elements = try Self.elements(
      "[Patient.gender, Patient.birthDate, Observation.code.text, Observation.component.value, Encounter.contained]")
    // As JSON, within prose, and within a text within that.
    let told = "Summarise this: \(resource)\nand {this}, too."
    let limited = "Summarise this: \(kept)\nand {this}, too."
    let cases = [
      (#"{"m":\#(resource)}"#, #"{"m":\#(kept)}"#),
      (#"{"m":\#(Self.quoted(told))}"#, #"{"m":\#(Self.quoted(limited))}"#),
      (
        #"{"m":\#(Self.quoted(#"{"arguments":\#(Self.quoted(resource))}"#))}"#,
        #"{"m":\#(Self.quoted(#"{"arguments":\#(Self.quoted(kept))}"#))}"#
      ),
    ]
    for (body, expected) in cases {
      let minimized = try #require(try elements.applied(to: Array(body.utf8)))
      #expect(String(decoding: minimized.body, as: UTF8.self) == expected)
      #expect(minimized.elements == ElementCounts(shared: shared, dropped: dropped))
    }
  }

  /// What cannot be limited.
  @Test(arguments: [
    #"{'resourceType': 'Patient', 'name': 'Gonzalez'}"#, #"{"resourceType":"Patient","name":"Gonz"#,
    #"<Patient xmlns="http://hl7.org/fhir"><gender value="x"/></Patient>"#, #"resourceType: Patient"#,
    #"{"resourceType":"Patient","gender":"a resourceType"}"#, #"{"resourceType":"Patient","id":1,"id":2}"#,
    #"{"\u0072esourceType":"Patient","id":1,"id":2}"#,
    // XML in other quotes, for a prefix, with spaces, and in JSON, escaped once, twice or by numbers.
    #"<Patient xmlns='http://hl7.org/fhir'><gender value="x"/></Patient>"#,
    "<Patient id=\"1\" xmlns = \n \"http://hl7.org/fhir\"/>", #"<f:Patient xmlns:f="http://hl7.org/fhir"/>"#,
    #"<div xmlns="http://www.w3.org/1999/xhtml"/><Patient xmlns="http://hl7.org/fhir"/>"#,
    #"{"body":"<Patient xmlns=\"http://hl7.org/fhir\"><gender value=\"x\"/></Patient>"}"#,
    #"{"a":"{\"b\":\"<Patient xmlns=\\\"http:\\/\\/hl7.org\\/fhir\\\">\"}"}"#,
    #"["\u003cPatient xmlns=\u0022http:\/\/hl7.org\/fhir\u0022>"]"#,
    "&lt;Patient xmlns=&quot;http://hl7.org/fhir&quot;&gt;",
    #"{"body":"\u003cPatient xml\u006es\u003d\u0022http://hl7.org/fhir\u0022>"}"#,
    #"["\u003cPatient xmlns\u003d\"http://hl7.org/fhir\"\u003e"]"#, #"['\u0072esourceType: Patient']"#,
    // In references to characters, wherever XML, HTML or an address reads them.
    #"<Patient xmlns="http&#58;//hl7.org/fhir"/>"#, #"<f:Patient xmlns:f='&#x68;ttp:&#047;/hl7&#46;org/fhir'/>"#,
    #"{"body":"<Patient xmlns=\"http:&#47;&#47;hl7.org&#x2F;fhir\"/>"}"#,
    "&#60;Patient &#120;mlns&#61;&#34;http://hl7.org/fhir&#34;&#62;",
    "&lt;Patient xmlns=&quot;http&amp;#58;//hl7.org/fhir&quot;",
    "%3CPatient%20xmlns%3D%22http%3A%2F%2Fhl7.org%2Ffhir%22%3E",
    // Of what is no JSON, what is in it; and a name that is escaped pays for no other mention.
    #"{"b":"{'\u0072esourceType': 'Patient'}","a":1,"a":2}"#,
    #"{"\u0072esourceType":"Patient"} {'resourceType': 'Patient', 'name': 'Gonzalez'}"#,
    #"{"a":"{\"\u0072esourceType\":\"Patient\"}"} {'resourceType': 'Patient'}"#,
    #"{"{'resourceType': 'Patient'}":1}"#,
    // A type that is no text is none.
    #"{"resourceType":7,"id":"d"}"#, #"{"resourceType":{"resourceType":"Patient","name":"Gonzalez"}}"#,
  ])
  func `reads nothing into what it cannot read`(_ text: String) throws {
    let elements = try Self.elements("[Patient.gender]")
    let body = #"{"messages":[{"content":\#(Self.quoted(text))}]}"#
    #expect(try elements.applied(to: Array(body.utf8)) == nil)
  }

  /// Where a type is no text: the value of a request's field, and whether it goes as it is.
  @Test(
    arguments: [
      (#"{"metadata":{"resourceType":{"resourceType":"Patient","name":"Gonzalez"}}}"#, false),
      (#"{"messages":[{"resourceType":["Patient"]}]}"#, false), (#"{"resourceType":null}"#, false),
      (#"{"text":{"verbosity":{"resourceType":{}}}}"#, false), (#"{"text":[{"format":{"resourceType":{}}}]}"#, false),
      (#"{"tools":[],"input":{"resourceType":{}}}"#, false),
      (#"{"text":{"format":{},"a":{"resourceType":{}}}}"#, false),
      (#"{"tools":["{\"resourceType\":{}}"]}"#, false),
      (#"{"tools":[{"description":"resourceType: Patient"}]}"#, false),
      (#"{"input":"the resourceType of it"}"#, false),
      (
        #"{"tools":[{"function":{"description":"Finds by resourceType.","parameters":{"properties":{"resourceType":{"type":"string"},"name":{}},"required":["resourceType","name"]}}}]}"#,
        true
      ),
      (#"{"functions":[{"parameters":{"properties":{"resourceType":{},"name":{}}}}]}"#, true),
      (#"{"response_format":{"json_schema":{"schema":{"properties":{"resourceType":{},"name":{}}}}}}"#, true),
      (#"{"text":{"format":{"schema":{"properties":{"resourceType":{},"name":{}}}}}}"#, true),
    ])
  func `what a tool is given has members of any name, and nothing else has a type that is no text`(
    _ body: String, _ isTaken: Bool
  ) throws {
    let minimized = try Self.elements("[Patient.gender]").applied(to: Array(body.utf8))
    #expect((minimized != nil) == isTaken)
    guard let minimized else { return }
    #expect(String(decoding: minimized.body, as: UTF8.self) == body)
    #expect(minimized.elements == ElementCounts())
  }

  @Test func `a resource among tools is one, and a text as its type is read like others`() throws {
    let elements = try Self.elements("[Patient.gender]")
    let kept = #"{"resourceType":"Patient","gender":"female"}"#
    for (whole, left) in [(Self.patient, kept), (#"{"resourceType":\#(Self.quoted(Self.patient))}"#, nil)] {
      let minimized = try #require(try elements.applied(to: Array(#"{"tools":[\#(whole)]}"#.utf8)))
      let expected = left ?? #"{"resourceType":\#(Self.quoted(kept))}"#
      #expect(String(decoding: minimized.body, as: UTF8.self) == #"{"tools":[\#(expected)]}"#)
    }
  }

  @Test(arguments: [
    #"<div xmlns="http://www.w3.org/1999/xhtml"><a href="http://hl7.org/fhir/patient.html">x</a></div>"#,
    "see http://hl7.org/fhir about xmlns", "xmlns=", "xmlns", "AT&#38;T says 95%25 of xmlns &c.",
    #"{"profile":["http://hl7.org/fhir/StructureDefinition/x"]}"#,
  ])
  func `a text that speaks of FHIR is none of its XML`(_ text: String) throws {
    let body = Array(#"{"messages":[{"content":\#(Self.quoted(text))}]}"#.utf8)
    #expect(try Self.elements("[Patient.gender]").applied(to: body)?.body == body)
  }

  @Test(arguments: [1, 8])
  func `texts in many objects are read for as long as one is`(_ count: Int) throws {
    let object = #"{"a":"\\u00"# + String(repeating: #"{\""#, count: 200) + #""}"#
    let text = String(repeating: object, count: count)
    let minimized = try Self.elements("[Patient.gender]").applied(to: Array(#"{"m":\#(Self.quoted(text))}"#.utf8))
    #expect((minimized == nil) == (count > 1))
  }

  @Test func `reads no text for ever`() throws {
    let elements = try Self.elements("[Patient.gender]")
    let deep = String(repeating: "{\"a\":", count: 20_000) + "resourceType"
    let closed = String(repeating: "{\"a\" ", count: 20_000) + "resourceType" + String(repeating: "}", count: 20_000)
    for text in [deep, closed] {
      #expect(try elements.applied(to: Array(#"{"m":\#(Self.quoted(text))}"#.utf8)) == nil)
    }
    var nested = Self.patient
    for _ in 0..<6 { nested = #"{"a":\#(Self.quoted(nested))}"# }
    #expect(try elements.applied(to: Array(nested.utf8)) == nil)
  }

  @Test(arguments: ["[Patient]", "[patient.gender]", "[Patient..gender]", "Patient.gender", "[\"\"]"])
  func `refuses what names no element`(_ names: String) {
    #expect(throws: ConfigurationError.self) { try Self.elements(names) }
  }

  @Test func `of a generated resource exactly the elements that are named are left`() throws {
    var random = SeededGenerator(seed: 11)
    let elements = try Self.elements("[\((0..<12).map { "Thing.e\($0)" }.joined(separator: ", "))]")
    for _ in 0..<300 {
      let names = (0..<40).filter { _ in Bool.random(using: &random) }.shuffled(using: &random)
      let members = names.map { JSONMember("e\($0)", .string("value \($0) {\"}")) }
      var all = [JSONMember("resourceType", "Thing")] + members
      all.shuffle(using: &random)
      let text = "about \(String(decoding: JSONValue.object(all).bytes, as: UTF8.self)) it"
      let body: JSONValue = ["messages": [["content": .string(text)]]]
      let minimized = try #require(try elements.applied(to: body.bytes))
      let shared = names.filter { $0 < 12 }.count
      #expect(minimized.elements == ElementCounts(shared: shared, dropped: names.count - shared))
      let left = all.filter { member in member.name == "resourceType" || (0..<12).contains { member.name == "e\($0)" } }
      let expected: JSONValue = [
        "messages": [["content": .string("about \(String(decoding: JSONValue.object(left).bytes, as: UTF8.self)) it")]]
      ]
      #expect(try JSONValue(parsing: minimized.body) == expected)
    }
  }
}
