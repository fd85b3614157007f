import Policy
import Testing

struct ParsingTests {
  private static func policy(_ condition: String) -> String {
    "permit(principal, action, resource) when { \(condition) };"
  }

  @Test(arguments: [
    "principal has \"a b\"", "principal has a.b.c", "principal[\"if\"].x", "{\"a\": 1,}", "[1, 2,]", "!!!!true",
    "----1", "- -1", "-9223372036854775808", "-(1)", "ip()", "\"a\".isIpv4(1, 2)", "principal is A in B::\"x\"",
    "(principal is A) in B::\"c\"", "\"a\nb\"", "\"\\u{1_0}\\x7f\\0\\'\"", "\"a\" like \"\\*a*\"",
    "if true then 1 else 2 + 3", "[if true then 1 else 2]", "{principal: 1}", "true // end\n", "principal\u{a0}== 1",
    "true || false && true", "-1.foo", "principal.contains", "(((((1)))))", "unknown(\"x\")", "1 < -1", "A::B::\"é\".c",
    "context.a[\"b\"].c.getTag(\"t\")", "(true && false) && (true && false)", "!(1 == 2)", "(1 - 2) - (3 - 4)",
  ])
  func `reads, writes and reads the same`(_ condition: String) throws {
    let set = try policies(ParsingTests.policy(condition))
    #expect(try policies(set.description) == set)
  }

  @Test(arguments: [
    ("principal has if", PolicyError.Code.reservedName), ("principal has a[\"b\"]", .unexpectedToken),
    ("principal.if", .reservedName), ("{if: 1}", .reservedName), ("{a: 1, \"a\": 2}", .duplicateKey),
    ("1 < 2 < 3", .unexpectedToken), ("!!!!!true", .malformedOperator), ("-----1", .malformedOperator),
    ("9223372036854775808", .integerTooLarge), ("-(9223372036854775808)", .integerTooLarge),
    ("1 / 2", .malformedOperator), ("foo(1)", .unknownFunction), ("isIpv4(\"a\")", .unknownFunction),
    ("\"a\".foo()", .unknownFunction), ("\"a\".contains()", .wrongArgumentCount), ("a", .unknownVariable),
    ("principal::b", .unknownVariable), ("__cedar::A::\"x\"", .reservedName), ("\"a\rb\"", .malformedString),
    ("\"\\x80\"", .malformedString), ("\"\\u{110000}\"", .malformedString), ("\"\\*\"", .malformedString),
    ("\"a\" like principal", .unexpectedToken), ("?principal == 1", .slotOutsideScope), ("1 = 2", .unexpectedToken),
    ("principal[1]", .unexpectedToken), ("1 + if true then 1 else 2", .reservedName), ("\"a", .malformedString),
    ("", .malformedCondition), ("#", .unexpectedCharacter),
  ])
  func `refuses what the grammar does not have`(_ condition: String, _ code: PolicyError.Code) {
    #expect { try policies(ParsingTests.policy(condition)) } throws: { ($0 as? PolicyError)?.code == code }
  }

  @Test(arguments: [
    ("permit(principal, action);", PolicyError.Code.malformedScope),
    ("permit(resource, action, principal);", .malformedScope),
    ("permit(principal == ?resource, action, resource);", .malformedScope),
    ("permit(principal in [A::\"b\"], action, resource);", .malformedScope),
    ("permit(principal, action == User::\"a\", resource);", .malformedScope),
    ("permit(principal, action is A, resource);", .malformedScope),
    ("@a(\"b\") @a(\"c\") permit(principal, action, resource);", .duplicateAnnotation),
    ("allow(principal, action, resource);", .unknownEffect), ("permit(principal, action, resource)", .unexpectedEnd),
  ])
  func `refuses a malformed policy`(_ text: String, _ code: PolicyError.Code) {
    #expect { try policies(text) } throws: { ($0 as? PolicyError)?.code == code }
  }

  @Test func `tells line and column`() {
    #expect(throws: PolicyError(.unknownVariable, line: 2, column: 10, name: "reource")) {
      try policies("permit(principal, action, resource)\n  when { reource.a };")
    }
  }

  @Test func `names policies by their place and keeps annotations`() throws {
    let set = try policies("@id(\"x\") @note permit(principal, action, resource); forbid(principal, action, resource);")
    #expect(set.policies.map(\.id) == ["policy0", "policy1"])
    #expect(set.policies[0].annotation("id") == "x")
    #expect(set.policies[0].annotation("note") == "")
    #expect(set.policies[0].annotation("other") == nil)
    #expect(try set.namedByAnnotation().policies.map(\.id) == ["x", "policy1"])
  }

  @Test func `a star in a pattern is a wildcard unless a backslash is before it`() throws {
    guard case .like(_, let pattern) = try expression(#""x" like "a*\*\u{2a}b""#) else {
      Issue.record("not a pattern")
      return
    }
    #expect(pattern.pieces == ["a", "*", "b"])
    #expect(pattern.description == #""a*\**b""#)
  }

  @Test(arguments: [
    ("", "", true), ("", "*", true), ("a", "", false), ("abc", "a*c", true), ("abc", "a*b", false),
    ("aab", "*ab", true),
    ("abab", "*ab*ab", true), ("ab", "*ab*ab", false), ("é", "e*", false), ("a", "a*a", false),
    ("aXbXc", "a*b*c", true),
  ])
  func `patterns match as written`(_ text: String, _ pattern: String, _ isMatch: Bool) {
    let pieces = pattern.split(separator: "*", omittingEmptySubsequences: false).map { Text(String($0)) }
    #expect(Pattern(pieces: pieces).matches(Text(text)) == isMatch)
  }
}

extension PolicyError {
  init(_ code: Code, line: Int, column: Int, name: Text?) {
    self.init(code, at: Place(line: line, column: column), named: name)
  }
}
