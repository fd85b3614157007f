import Policy
import Testing

struct EvaluationTests {
  private static let store = """
    [{"uid": {"type": "U", "id": "ann"}, "attrs": {"age": 40, "boss": {"__entity": {"type": "U", "id": "bob"}}},
      "parents": [{"type": "G", "id": "staff"}], "tags": {"seat": "A"}},
     {"uid": {"type": "G", "id": "staff"}, "attrs": {}, "parents": [{"type": "G", "id": "all"}]}]
    """

  private func value(_ text: String) throws -> Value {
    let request = AccessRequest(
      principal: uid("U::ann"), action: uid("Action::x"), resource: uid("R::r"),
      context: ["n": .long(1), "in": .record(["x": .bool(true)])])
    return try expression(text).value(for: request, entities(EvaluationTests.store))
  }

  @Test(arguments: [
    "1 + 2 * 3 == 7", "principal.age == 40", "principal in G::\"all\"", "principal in [G::\"none\", G::\"staff\"]",
    "principal in U::\"ann\"", "!(resource in principal)", "principal has boss", "!(principal has boss.age)",
    "!(resource has anything)", "context[\"in\"].x", "context has \"in\"", "principal is U in G::\"staff\"",
    "!(principal is R)", "principal.hasTag(\"seat\") && principal.getTag(\"seat\") == \"A\"",
    "!resource.hasTag(\"seat\")", "[1, 2, 2] == [2, 1]", "{a: 1, b: [2]} == {b: [2], a: 1}", "[1, 2].contains(2)",
    "[1, 2].containsAll([])", "![1].containsAny([])", "[].isEmpty()", "false && 1 == \"a\".x || true",
    "if principal.age > 18 then true else 1", "1 == 1 || 1", "\"é\" != \"e\\u{301}\"", "1 != \"1\"",
    "datetime(\"2024-01-02\").durationSince(datetime(\"2024-01-01\")) == duration(\"1d\")",
    "duration(\"-1500ms\").toSeconds() == -1", "ip(\"10.0.0.1\").isInRange(ip(\"10.0.0.0/8\"))",
    "decimal(\"0.5\").lessThan(decimal(\"1.0\"))", "duration(\"1h\") < duration(\"61m\")",
    "context.n <= 1 && context.n >= 1",
  ])
  func `is true`(_ text: String) throws { #expect(try value(text) == .bool(true)) }

  @Test(arguments: [
    ("9223372036854775807 + 1", EvaluationError.overflow), ("-9223372036854775808 - 1", .overflow),
    ("-(-9223372036854775808)", .overflow), ("3037000500 * 3037000500", .overflow), ("resource.x", .missingEntity),
    ("principal.x", .missingAttribute("x")), ("context.y", .missingAttribute("y")),
    ("principal.getTag(\"x\")", .missingTag), ("resource.getTag(\"x\")", .missingEntity),
    ("1 && true", .wrongKind(expected: [.bool], found: .long)),
    ("true && 1", .wrongKind(expected: [.bool], found: .long)),
    ("\"a\" < \"b\"", .wrongKind(expected: [.long, .moment, .duration], found: .string)),
    ("duration(\"1d\") < 1", .wrongKind(expected: [.duration], found: .long)),
    ("principal in [principal, 1]", .wrongKind(expected: [.entity], found: .long)),
    ("principal in 1", .wrongKind(expected: [.set, .entity], found: .long)),
    ("1 has x", .wrongKind(expected: [.record, .entity], found: .long)), ("ip(\"x\")", .malformedArgument(.ip)),
    ("ip(\"::1\", 1)", .wrongArgumentCount(.ip)), ("unknown(\"x\")", .unknown),
    ("datetime(\"9999-12-31\").offset(duration(\"9223372036854775807ms\"))", .momentOverflow),
  ])
  func `fails`(_ text: String, _ error: EvaluationError) { #expect(throws: error) { try value(text) } }
}
