import Bytes
import Policy
import Testing

struct PolicyJSONTests {
  @Test func `writes the form that Cedar's tools read`() throws {
    let set = try policies(
      "@id(\"x\") permit(principal is U in G::\"g\", action in [Action::\"a\", Action::\"b\"], resource == ?resource) "
        + "when { context.x like \"a*\" && principal has b.c } unless { ip(\"::1\").isIpv4() };")
    let expected = """
      {"templates": {"policy0": {"effect": "permit",
        "principal": {"op": "is", "entity_type": "U", "in": {"entity": {"type": "G", "id": "g"}}},
        "action": {"op": "in", "entities": [{"type": "Action", "id": "a"}, {"type": "Action", "id": "b"}]},
        "resource": {"op": "==", "slot": "?resource"},
        "conditions": [
          {"kind": "when", "body": {"&&": {
            "left": {"like": {"left": {".": {"left": {"Var": "context"}, "attr": "x"}},
              "pattern": [{"Literal": "a"}, "Wildcard"]}},
            "right": {"&&": {"left": {"has": {"left": {"Var": "principal"}, "attr": "b"}},
              "right": {"has": {"left": {".": {"left": {"Var": "principal"}, "attr": "b"}}, "attr": "c"}}}}}}},
          {"kind": "unless", "body": {"isIpv4": [{"ip": [{"Value": "::1"}]}]}}],
        "annotations": {"id": "x"}}}, "staticPolicies": {}, "templateLinks": []}
      """
    #expect(try set.json == json(expected))
  }

  @Test func `reads what it writes`() throws {
    var set = try PolicySet(parsing: SourceTree.bytes("Sources/EmbeddedPolicies/hospital.cedar"))
    set.templates = try policies("permit(principal == ?principal, action, resource);").templates
    set.links = [PolicySet.Link(id: "link", template: "policy0", principal: uid("U::a"))]
    #expect(try PolicySet(json: set.json) == set)
  }

  @Test(arguments: [
    ("{\"Value\": null}", PolicyError.Code.malformedValue), ("{\"Var\": \"other\"}", .unknownVariable),
    ("{\"nope\": []}", .unknownFunction), ("{\"isIpv4\": []}", .wrongArgumentCount), ("{}", .unexpectedShape),
    ("{\"==\": {\"left\": {\"Value\": 1}}}", .unexpectedShape), ("{\"Slot\": \"?principal\"}", .slotOutsideScope),
    ("{\"Value\": {\"__extn\": {\"fn\": \"nope\", \"arg\": 1}}}", .unknownFunction), ("1", .unexpectedShape),
  ])
  func `refuses`(_ body: String, _ code: PolicyError.Code) {
    let text = """
      {"staticPolicies": {"p": {"effect": "permit", "principal": {"op": "All"}, "action": {"op": "All"},
        "resource": {"op": "All"}, "conditions": [{"kind": "when", "body": \(body)}]}}}
      """
    #expect { try PolicySet(json: json(text)) } throws: { ($0 as? PolicyError)?.code == code }
  }
}
