/// What is asked: whether this principal may do this to this resource, in this context.
package struct AccessRequest: Hashable, Sendable {
  /// Who asks.
  package var principal: EntityUID
  /// What they would do.
  package var action: EntityUID
  /// What they would do it to.
  package var resource: EntityUID
  /// What else is known.
  package var context: Record

  /// A request of these four parts.
  package init(principal: EntityUID, action: EntityUID, resource: EntityUID, context: Record = [:]) {
    self.principal = principal
    self.action = action
    self.resource = resource
    self.context = context
  }
}
