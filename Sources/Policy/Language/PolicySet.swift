/// Policies, templates, and the links that make policies of templates.
package struct PolicySet: Hashable, Sendable {
  /// A template with its slots filled.
  package struct Link: Hashable, Sendable {
    /// The id of the policy that it makes.
    package var id: Text
    /// The template's id.
    package var template: Text
    /// What stands for `?principal`.
    package var principal: EntityUID?
    /// What stands for `?resource`.
    package var resource: EntityUID?

    /// A link that makes the policy `id` of a template.
    package init(id: Text, template: Text, principal: EntityUID? = nil, resource: EntityUID? = nil) {
      self.id = id
      self.template = template
      self.principal = principal
      self.resource = resource
    }
  }

  /// The policies without slots.
  package var policies: [Statement] = []
  /// The templates.
  package var templates: [Statement] = []
  /// The links.
  package var links: [Link] = []

  /// An empty set, or one of these.
  package init(policies: [Statement] = [], templates: [Statement] = [], links: [Link] = []) {
    self.policies = policies
    self.templates = templates
    self.links = links
  }

  /// The policies that decide: those written out and those made by links, in this order.
  package func resolved() throws(PolicyError) -> [Statement] {
    var ids = Set<Text>()
    for template in templates {
      guard ids.insert(template.id).inserted else { throw PolicyError(.duplicatePolicy, named: template.id) }
    }
    var resolved = policies
    for link in links {
      guard var statement = templates.first(where: { $0.id == link.template }) else {
        throw PolicyError(.unknownTemplate, named: link.template)
      }
      let filled = (link.principal == nil ? [] : [Slot.principal]) + (link.resource == nil ? [] : [Slot.resource])
      guard filled == statement.slots else { throw PolicyError(.unlinkedSlot, named: link.id) }
      statement.id = link.id
      statement.principal = statement.principal.filled(with: link.principal)
      statement.resource = statement.resource.filled(with: link.resource)
      resolved.append(statement)
    }
    for statement in resolved {
      guard ids.insert(statement.id).inserted else { throw PolicyError(.duplicatePolicy, named: statement.id) }
    }
    return resolved
  }
}
