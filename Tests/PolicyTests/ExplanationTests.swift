import Policy
import Testing

struct ExplanationTests {
  private let store = """
    [{"uid": {"type": "U", "id": "ann"}, "attrs": {"age": 15}, "parents": [{"type": "R", "id": "nurse"}]}]
    """

  private func explain(_ text: String) throws -> String {
    let request = AccessRequest(
      principal: uid("U::ann"), action: uid("Action::read"), resource: uid("D::d"), context: ["purpose": .string("PAY")]
    )
    return try Authorizer(policies(text)).explain(request, entities(store)).description
  }

  @Test func `a denial names the nearest permits and what failed, with its values`() throws {
    let text = """
      permit(principal in R::"nurse", action == Action::"write", resource);
      permit(principal in R::"nurse", action == Action::"read", resource)
      when { context.purpose == "TREAT" && principal.age > 17 };
      permit(principal in R::"nurse", action, resource) unless { principal.age < 18 };
      permit(principal in R::"nurse", action, resource) when { principal.badge == 1 };
      """
    #expect(
      try explain(text) == """
        deny
          `policy3` could not be evaluated: no attribute `badge`
          because no policy permits it
          `policy2`: 1 of 2 hold, but not
            !(principal.age < 18) where principal.age = 15
          `policy3`: 1 of 2 hold, but not
            principal.badge == 1 (no attribute `badge`) where principal.badge = nothing
          `policy1`: 2 of 4 hold, but not
            context.purpose == "TREAT" where context.purpose = "PAY"
        """)
  }

  @Test func `a denial by a forbid names it and what it overrules`() throws {
    let text = """
      permit(principal, action, resource);
      forbid(principal, action, resource) when { context.purpose == "PAY" };
      """
    #expect(
      try explain(text) == """
        deny
          because of `policy1`
            context.purpose == "PAY" where context.purpose = "PAY"
          which overrules `policy0`
        """)
  }

  @Test func `an answer that is allowed names its policies`() throws {
    #expect(
      try explain("permit(principal in R::\"nurse\", action, resource);") == """
        allow
          because of `policy0`
            principal in R::"nurse" where principal = U::"ann"
        """)
  }
}
