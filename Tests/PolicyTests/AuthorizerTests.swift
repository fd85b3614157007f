import Policy
import Testing

struct AuthorizerTests {
  private let request = AccessRequest(
    principal: uid("U::ann"), action: uid("Action::read"), resource: uid("R::r"), context: ["n": .long(1)])

  private func decide(_ text: String, _ store: String = "[]") throws -> Decision {
    try Authorizer(policies(text)).decide(request, entities(store))
  }

  @Test func `denies what nothing permits`() throws {
    #expect(try decide("") == Decision(.deny))
    #expect(try decide("permit(principal == U::\"bob\", action, resource);") == Decision(.deny))
  }

  @Test func `allows what is permitted, and names every permit in order`() throws {
    let text = """
      permit(principal, action, resource); permit(principal is R, action, resource);
      permit(principal == U::"ann", action == Action::"read", resource) when { context.n == 1 };
      """
    #expect(try decide(text) == Decision(.allow, reasons: ["policy0", "policy2"]))
  }

  @Test func `a forbid has the last word`() throws {
    let text = "permit(principal, action, resource); forbid(principal, action, resource) unless { context.n == 2 };"
    #expect(try decide(text) == Decision(.deny, reasons: ["policy1"]))
  }

  @Test func `a policy that fails has no say and is named`() throws {
    let text = """
      forbid(principal, action, resource) when { context.missing };
      permit(principal, action, resource); permit(principal, action, resource) when { 1 };
      """
    let expected = Decision(
      .allow, reasons: ["policy1"],
      failures: [
        Decision.Failure(policy: "policy0", error: .missingAttribute("missing")),
        Decision.Failure(policy: "policy2", error: .wrongKind(expected: [.bool], found: .long)),
      ])
    #expect(try decide(text) == expected)
  }

  @Test func `a policy outside the scope does not fail`() throws {
    let text = "forbid(principal == U::\"bob\", action, resource) when { 1 }; permit(principal, action, resource);"
    #expect(try decide(text) == Decision(.allow, reasons: ["policy1"]))
  }

  @Test func `actions are in groups, and a policy that names two of them counts once`() throws {
    let store = """
      [{"uid": {"type": "Action", "id": "read"}, "attrs": {},
        "parents": [{"type": "Action", "id": "see"}, {"type": "Action", "id": "touch"}]}]
      """
    let text = "permit(principal, action in [Action::\"see\", Action::\"touch\"], resource);"
    #expect(try decide(text) == Decision(.deny))
    #expect(try decide(text, store) == Decision(.allow, reasons: ["policy0"]))
  }

  @Test func `links fill the slots of templates`() throws {
    var set = try policies("permit(principal in ?principal, action, resource == ?resource);")
    #expect(try Authorizer(set).statements.isEmpty)
    set.links = [PolicySet.Link(id: "l", template: "policy0", principal: uid("U::ann"), resource: uid("R::r"))]
    #expect(try Authorizer(set).decide(request, Entities()) == Decision(.allow, reasons: ["l"]))
    set.links[0].resource = nil
    #expect(throws: PolicyError(.unlinkedSlot, "l")) { try Authorizer(set) }
    set.links[0].template = "other"
    #expect(throws: PolicyError(.unknownTemplate, "other")) { try Authorizer(set) }
  }

  @Test func `obligations are those of the policies that allow`() throws {
    let text = """
      @require("mfa") @redact permit(principal, action, resource); @hold("x") permit(principal is R, action, resource);
      """
    let authorizer = try Authorizer(policies(text))
    #expect(
      authorizer.obligations(of: authorizer.decide(request, Entities())) == [
        Obligation(kind: .redact, argument: "", policy: "policy0"),
        Obligation(kind: .require, argument: "mfa", policy: "policy0"),
      ])
    #expect(authorizer.obligations(of: Decision(.deny, reasons: ["policy0"])).isEmpty)
  }

  @Test func `a simulation tells who gains and who loses`() throws {
    let now = try Authorizer(policies("permit(principal == U::\"ann\", action, resource);"))
    let then = try Authorizer(policies("permit(principal == U::\"bob\", action, resource);"))
    var other = request
    other.principal = uid("U::bob")
    let simulation = Simulation([request, other], from: now, to: then, Entities())
    #expect(simulation.requests == 2)
    #expect(simulation.lost.map(\.index) == [0])
    #expect(simulation.gained.map(\.index) == [1])
    #expect(simulation.otherwiseReasoned.isEmpty)
  }
}

extension PolicyError {
  init(_ code: Code, _ name: Text) { self.init(code, at: nil, named: name) }
}
