/// Why a policy, a schema, an entity or a request could not be taken.
///
/// It carries a kind and a place, and at most a name from a policy or a schema; never a value of an entity or a request.
package struct PolicyError: Error, Hashable, Sendable {
  /// What is wrong.
  package enum Code: String, Hashable, Sendable {
    // Text.
    case unexpectedCharacter = "unexpected character"
    case unexpectedToken = "unexpected token"
    case unexpectedEnd = "unexpected end of the text"
    case malformedString = "malformed string"
    case integerTooLarge = "integer literal is too large"
    case reservedName = "reserved name"
    case tooDeep = "nested too deeply"
    case tooLong = "longer than is taken"
    // Policies.
    case unknownEffect = "a policy begins with `permit` or `forbid`"
    case malformedScope = "malformed scope"
    case malformedCondition = "malformed condition"
    case slotOutsideScope = "a template slot stands outside the scope"
    case duplicateAnnotation = "duplicate annotation"
    case duplicatePolicy = "duplicate policy id"
    case duplicateKey = "duplicate key in a record"
    case unknownFunction = "unknown function or method"
    case wrongArgumentCount = "wrong number of arguments"
    case malformedOperator = "operator that Cedar does not have"
    case unknownVariable = "unknown variable"
    case unknownTemplate = "unknown template"
    case unlinkedSlot = "template slot without an entity"
    // JSON.
    case malformedJSON = "malformed JSON"
    case unexpectedShape = "JSON of an unexpected shape"
    case malformedName = "malformed name"
    case malformedValue = "malformed value"
    // Entities and requests.
    case duplicateEntity = "entity given twice"
    case cyclicHierarchy = "an entity is its own ancestor"
    case unknownEntityType = "unknown entity type"
    case unknownAction = "unknown action"
    case unexpectedAttribute = "attribute that the schema does not have"
    case missingAttribute = "required attribute is missing"
    case wrongType = "value of another type than the schema's"
    case disallowedParent = "parent that the schema does not allow"
    case unknownChoice = "id that the enumerated type does not have"
    case actionMismatch = "action that differs from the schema's"
    case disallowedPrincipal = "principal type that the action does not apply to"
    case disallowedResource = "resource type that the action does not apply to"
    case unexpectedTags = "tags on a type that has none"
    // Schemas.
    case duplicateDeclaration = "declared twice"
    case undeclaredName = "undeclared name"
    case cyclicType = "common type that contains itself"
    case shadowedName = "a name in a namespace hides one outside every namespace"
    case emptyList = "an action that applies to something names at least one principal and one resource type"
    case openRecord = "records with further attributes are not supported"
  }

  /// What is wrong.
  package var code: Code
  /// Where in the text, when it was a text.
  package var place: Place?
  /// The name from a policy or schema that it is about.
  package var name: Text?

  /// A line and a column, from one; columns count bytes.
  package struct Place: Hashable, Sendable {
    /// The line.
    package var line: Int
    /// The byte in the line.
    package var column: Int

    /// The place at this line and column.
    package init(line: Int, column: Int) {
      self.line = line
      self.column = column
    }
  }

  /// An error of one kind, at a place, about a name.
  package init(_ code: Code, at place: Place? = nil, named name: Text? = nil) {
    self.code = code
    self.place = place
    self.name = name
  }
}

extension PolicyError: CustomStringConvertible {
  /// What is wrong and where.
  package var description: String {
    var text = code.rawValue
    if let name { text += " `\(name)`" }
    if let place { text += " at line \(place.line), column \(place.column)" }
    return text
  }
}
