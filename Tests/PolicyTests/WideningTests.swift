import Policy
import Testing

/// Which policies may allow more to who leaves a group.
struct WideningTests {
  private static let group: Set<EntityUID> = [uid("Role::auditor")]

  @Test(arguments: [
    (#"forbid(principal in Role::"auditor", action, resource);"#, true),
    (#"forbid(principal is P in Role::"auditor", action, resource);"#, true),
    (#"forbid(principal in Role::"other", action, resource);"#, false),
    (#"permit(principal in Role::"auditor", action, resource);"#, false),
    (#"forbid(principal, action, resource) when { principal in [Role::"other", Role::"auditor"] };"#, true),
    (#"forbid(principal, action, resource) when { context.a && (true || principal in Role::"auditor") };"#, true),
    (#"forbid(principal, action, resource) when { principal is P in Role::"auditor" };"#, true),
    (#"forbid(principal, action, resource) unless { principal in Role::"auditor" };"#, false),
    (#"forbid(principal, action, resource) unless { !(principal in Role::"auditor") };"#, true),
    (#"forbid(principal, action, resource) when { !(principal in Role::"auditor") };"#, false),
    (#"permit(principal, action, resource) unless { principal in Role::"auditor" };"#, true),
    (#"permit(principal, action, resource) when { !(principal in Role::"auditor") };"#, true),
    (#"permit(principal, action, resource) when { principal in Role::"auditor" };"#, false),
    (#"permit(principal, action, resource) when { if principal in Role::"auditor" then false else true };"#, true),
    (#"forbid(principal, action, resource) when { if context.a then principal in Role::"auditor" else false };"#, true),
    (#"permit(principal, action, resource) when { (principal in Role::"auditor") == false };"#, true),
    (#"permit(principal, action, resource) when { [Role::"auditor"].contains(principal) };"#, true),
    // What the resource is in is nothing of who asks.
    (#"forbid(principal, action, resource in Role::"auditor");"#, false),
    (#"forbid(principal, action, resource) when { resource in Role::"auditor" };"#, false),
    (#"forbid(principal, action, resource) when { principal.badge == 1 };"#, false),
  ])
  func `it is those that forbid who is in it, and those that permit who is not`(_ text: String, _ more: Bool) throws {
    let statement = try #require(try Authorizer(policies(text)).statements.first)
    #expect(statement.mayAllowMore(outside: Self.group) == more)
  }
}
