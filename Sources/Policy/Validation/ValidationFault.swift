/// Something in a policy that does not fit the schema.
package struct ValidationFault: Hashable, Sendable {
  /// What does not fit.
  package enum Code: String, Hashable, Sendable {
    case unknownEntityType = "unknown entity type"
    case unknownAction = "unknown action"
    case unknownChoice = "id that the enumerated type does not have"
    case impossibleScope = "no action applies to the principals and resources of the scope"
    case wrongType = "expression of the wrong type"
    case incompatibleTypes = "types that have nothing in common"
    case missingAttribute = "attribute that the type does not have"
    case unguardedAttribute = "optional attribute that may be absent"
    case unguardedTag = "tag that may be absent"
    case noTags = "tag of a type without tags"
    case emptySet = "empty set, whose type is not known"
    case wrongArgumentCount = "wrong number of arguments"
    case malformedArgument = "text that the function cannot read"
    case computedArgument = "text of a function that is not written out"
    case unknownValue = "value that is never known"
  }

  /// The policy.
  package var policy: Text
  /// What does not fit.
  package var code: Code
  /// The part of the policy, as Cedar text.
  package var subject: String
}

extension ValidationFault: CustomStringConvertible {
  /// Policy, fault and part.
  package var description: String { "policy `\(policy)`: \(code.rawValue): `\(subject)`" }
}
