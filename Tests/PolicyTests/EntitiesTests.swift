import Policy
import Testing

struct EntitiesTests {
  private func store(_ attribute: String) throws -> Value? {
    let text = "[{\"uid\": {\"type\": \"U\", \"id\": \"a\"}, \"attrs\": {\"x\": \(attribute)}, \"parents\": []}]"
    return try entities(text)[uid("U::a")]?.attributes["x"]
  }

  @Test(arguments: [
    ("true", Value.bool(true)), ("-1", .long(-1)), ("\"é\"", .string("é")), ("[1, 1, 2]", .set([.long(1), .long(2)])),
    ("{\"__entity\": {\"type\": \"A::B\", \"id\": \"b\"}}", .entity(EntityUID("A::B", "b"))),
    ("{\"type\": \"U\", \"id\": \"b\"}", .record(["type": .string("U"), "id": .string("b")])),
    ("{\"__entity\": {\"type\": \"U\"}}", .record(["__entity": .record(["type": .string("U")])])),
    ("{\"__expr\": \"1\", \"x\": 1}", .record(["__expr": .string("1"), "x": .long(1)])),
    ("{\"__extn\": {\"fn\": \"duration\", \"arg\": \"1s\"}}", .duration(Interval(milliseconds: 1000))),
    (
      "{\"__extn\": {\"fn\": \"toDays\", \"args\": [{\"__extn\": {\"fn\": \"duration\", \"arg\": \"2d\"}}]}}", .long(2)
    ),
  ])
  func `reads values`(_ text: String, _ expected: Value) throws { #expect(try store(text) == expected) }

  @Test(arguments: [
    ("null", PolicyError.Code.malformedValue), ("1.5", .malformedValue), ("1.0", .malformedValue),
    ("9223372036854775808", .malformedValue), ("[null]", .malformedValue), ("{\"__expr\": \"1\"}", .malformedValue),
    ("{\"__extn\": {\"fn\": \"ip\", \"arg\": \"x\"}}", .malformedValue),
    ("{\"__extn\": {\"fn\": \"nope\", \"arg\": \"x\"}}", .unknownFunction),
    ("{\"__entity\": {\"type\": \"if\", \"id\": \"b\"}}", .malformedName),
    ("{\"__entity\": {\"type\": \"U:: V\", \"id\": \"b\"}}", .malformedName),
  ])
  func `refuses values`(_ text: String, _ code: PolicyError.Code) {
    #expect { try store(text) } throws: { ($0 as? PolicyError)?.code == code }
  }

  private static func entity(_ id: String, in parents: [String] = [], _ attributes: String = "{}") -> String {
    let parents = parents.map { "{\"type\": \"U\", \"id\": \"\($0)\"}" }.joined(separator: ", ")
    return "{\"uid\": {\"type\": \"U\", \"id\": \"\(id)\"}, \"attrs\": \(attributes), \"parents\": [\(parents)]}"
  }

  @Test func `every ancestor is known, given or not`() throws {
    let text = "[\(EntitiesTests.entity("a", in: ["b"])), \(EntitiesTests.entity("b", in: ["c", "d"]))]"
    #expect(try entities(text)[uid("U::a")]?.ancestors == [uid("U::b"), uid("U::c"), uid("U::d")])
  }

  @Test(arguments: [
    ("[\(entity("a", in: ["a"]))]", PolicyError.Code.cyclicHierarchy),
    ("[\(entity("a", in: ["b"])), \(entity("b", in: ["c"])), \(entity("c", in: ["a"]))]", .cyclicHierarchy),
    ("[\(entity("a")), \(entity("a", in: ["b"]))]", .duplicateEntity), ("{}", .unexpectedShape),
    ("[{\"uid\": {\"type\": \"U\", \"id\": \"a\"}, \"attrs\": {}}]", .unexpectedShape),
    ("[{\"uid\": \"U::a\", \"attrs\": {}, \"parents\": []}]", .unexpectedShape),
  ])
  func `refuses`(_ text: String, _ code: PolicyError.Code) {
    #expect { try entities(text) } throws: { ($0 as? PolicyError)?.code == code }
  }

  @Test func `the same entity may be given twice`() throws {
    #expect(try entities("[\(EntitiesTests.entity("a")), \(EntitiesTests.entity("a"))]").count == 1)
  }

  private static let guide = """
    entity G; entity L enum ["x"];
    entity U in [G] = { n: Long, net?: ipaddr, friend?: U, level?: L } tags String;
    action all; action read in [all] appliesTo { principal: U, resource: U, context: { since?: datetime } };
    """

  private func guided(_ attributes: String, parents: String = "[]", rest: String = "") throws -> Entity? {
    let text = "[{\"uid\": {\"type\": \"U\", \"id\": \"a\"}, \"attrs\": \(attributes), \"parents\": \(parents)\(rest)}]"
    return try entities(text, schema(EntitiesTests.guide))[uid("U::a")]
  }

  @Test func `a schema lets constructors and escapes be left out`() throws {
    let entity = try guided("{\"n\": 1, \"net\": \"10.0.0.0/8\", \"friend\": {\"type\": \"U\", \"id\": \"b\"}}")
    #expect(entity?.attributes["net"] == IPAddress("10.0.0.0/8").map(Value.address))
    #expect(entity?.attributes["friend"] == .entity(uid("U::b")))
  }

  @Test(arguments: [
    ("{}", "[]", "", PolicyError.Code.missingAttribute), ("{\"n\": \"1\"}", "[]", "", .wrongType),
    ("{\"n\": 1, \"m\": 1}", "[]", "", .unexpectedAttribute),
    ("{\"n\": 1, \"level\": {\"type\": \"L\", \"id\": \"y\"}}", "[]", "", .wrongType),
    ("{\"n\": 1}", "[{\"type\": \"L\", \"id\": \"x\"}]", "", .disallowedParent),
    ("{\"n\": 1}", "[]", ", \"tags\": {\"t\": 1}", .wrongType),
  ])
  func `a schema refuses`(_ attributes: String, _ parents: String, _ rest: String, _ code: PolicyError.Code) {
    #expect { try guided(attributes, parents: parents, rest: rest) } throws: { ($0 as? PolicyError)?.code == code }
  }

  @Test func `a schema brings its actions`() throws {
    let store = try entities("[]", schema(EntitiesTests.guide))
    #expect(store[uid("Action::read")]?.ancestors == [uid("Action::all")])
  }

  @Test(arguments: [
    ("U", "read", "U", "{}", nil), ("U", "read", "U", "{\"since\": \"2026-01-01\"}", nil),
    ("G", "read", "U", "{}", PolicyError.Code.disallowedPrincipal), ("U", "read", "G", "{}", .disallowedResource),
    ("U", "nope", "U", "{}", .unknownAction), ("X", "read", "U", "{}", .unknownEntityType),
    ("L", "read", "U", "{}", .unknownChoice), ("U", "read", "U", "{\"until\": 1}", .unexpectedAttribute),
    ("U", "read", "U", "{\"since\": 1}", .wrongType),
  ])
  func `a schema checks requests`(
    _ principal: String, _ action: String, _ resource: String, _ context: String, _ code: PolicyError.Code?
  ) throws {
    let text = """
      {"principal": {"type": "\(principal)", "id": "a"}, "action": {"type": "Action", "id": "\(action)"},
       "resource": {"type": "\(resource)", "id": "b"}, "context": \(context)}
      """
    let schema = try schema(EntitiesTests.guide)
    guard let code else {
      _ = try AccessRequest(json: json(text), schema: schema)
      return
    }
    #expect { try AccessRequest(json: json(text), schema: schema) } throws: { ($0 as? PolicyError)?.code == code }
  }
}
