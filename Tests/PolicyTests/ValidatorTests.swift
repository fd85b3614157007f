import Policy
import Testing

struct ValidatorTests {
  private static let text = """
    entity Group;
    entity User in [Group] = { age: Long, name?: String, boss?: User, home: { city?: String } } tags Long;
    entity Doc in [Doc] = { owner: User, at: datetime };
    entity Level enum ["low", "high"];
    action all;
    action read, write in [all] appliesTo { principal: User, resource: Doc, context: { level: Level, from?: ipaddr } };
    action join appliesTo { principal: User, resource: Group };
    """

  private func faults(_ policy: String) throws -> [ValidationFault.Code] {
    try Validator(schema(ValidatorTests.text)).faults(in: policies(policy)).map(\.code)
  }

  private func faults(when condition: String) throws -> [ValidationFault.Code] {
    try faults("permit(principal, action == Action::\"read\", resource) when { \(condition) };")
  }

  @Test(arguments: [
    "principal.age > 3", "principal has name && principal.name like \"A*\"", "resource.owner == principal",
    "principal has boss.name && principal.boss.name == \"x\"",
    "principal.home has city && principal.home.city == \"x\"",
    "context has from && context.from.isInRange(ip(\"10.0.0.0/8\"))", "context.level == Level::\"low\"",
    "principal.hasTag(\"a\") && principal.getTag(\"a\") == 1", "resource.at < datetime(\"2026-01-01\")",
    "action in Action::\"all\" || principal.missing", "if principal has name then principal.name == \"x\" else true",
    "[1, 2].contains(principal.age)", "principal in [Group::\"a\", Group::\"b\"]",
    "(principal has name || principal has boss) && true", "false && principal.missing",
  ])
  func `accepts`(_ condition: String) throws { #expect(try faults(when: condition) == []) }

  @Test(arguments: [
    ("principal.missing == 1", ValidationFault.Code.missingAttribute), ("principal.name == \"x\"", .unguardedAttribute),
    ("principal.age == \"x\"", .incompatibleTypes), ("principal.age", .wrongType), ("[] == []", .emptySet),
    ("[1, \"a\"].contains(1)", .incompatibleTypes), ("principal.getTag(\"a\") == 1", .unguardedTag),
    ("resource.hasTag(\"a\") && resource.getTag(\"a\") == 1 || resource.getTag(\"a\") == 1", .unguardedTag),
    ("ip(\"x\").isIpv4()", .malformedArgument), ("ip(if true then \"::1\" else \"::1\").isIpv4()", .computedArgument),
    ("ip(\"::1\", \"::1\").isIpv4()", .wrongArgumentCount), ("principal == Nope::\"x\"", .unknownEntityType),
    ("action == Action::\"nope\"", .unknownAction), ("context.level == Level::\"middle\"", .unknownChoice),
    ("resource.at < 1", .wrongType), ("principal has name || principal.name == \"x\"", .unguardedAttribute),
    ("(if true then 1 else 2) && true", .wrongType), ("principal is Nope", .unknownEntityType),
    ("unknown(\"x\") == 1", .unknownValue), ("if principal.age > 1 then 1 else \"a\"", .incompatibleTypes),
  ])
  func `refuses`(_ condition: String, _ code: ValidationFault.Code) throws {
    #expect(try faults(when: condition).contains(code))
  }

  @Test(arguments: [
    "permit(principal is Group, action, resource);", "permit(principal, action == Action::\"join\", resource is Doc);",
    "permit(principal == Doc::\"a\", action, resource);", "permit(principal, action == Action::\"all\", resource);",
    "permit(principal, action, resource in Group::\"g\") when { action == Action::\"read\" };",
  ])
  func `finds scopes that no request has`(_ policy: String) throws {
    let expected: [ValidationFault.Code] = policy.contains("in Group") ? [] : [.impossibleScope]
    #expect(try faults(policy) == expected)
  }

  @Test func `templates are checked for every type that may fill a slot`() throws {
    #expect(try faults("permit(principal in ?principal, action, resource == ?resource);") == [])
    #expect(
      try faults("permit(principal in ?principal, action, resource) when { principal.nope };") == [.missingAttribute])
  }

  @Test func `names the policy and the part`() throws {
    let set = try policies("permit(principal, action == Action::\"read\", resource) when { principal.name == \"x\" };")
    let faults = try Validator(schema(ValidatorTests.text)).faults(in: set)
    #expect(faults.map(\.description) == ["policy `policy0`: optional attribute that may be absent: `principal.name`"])
  }
}
