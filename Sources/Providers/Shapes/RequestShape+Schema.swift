/// JSON Schema, with which callers describe their tools and the answers that they want.
extension RequestShape {
  static let schema = RequestShape { schemaTable }
  static let properties = RequestShape { propertiesTable }

  private static let schemaTable: Table = Table([
    Field("type", .structural),
    Field("format", .structural),
    Field("required", .property),
    Field("$ref", .structural),
    Field("$schema", .structural),
    Field("title", .prose),
    Field("description", .prose),
    Field("enum", .labelled),
    Field("const", .labelled),
    Field("default", .labelled),
    Field("examples", .labelled),
    Field("pattern", .labelled),
    Field("properties", .shape(.properties)),
    Field("$defs", .shape(.properties)),
    Field("definitions", .shape(.properties)),
    Field("items", .shape(.schema)),
    Field("prefixItems", .shape(.schema)),
    Field("additionalProperties", .shape(.schema)),
    Field("anyOf", .shape(.schema)),
    Field("oneOf", .shape(.schema)),
    Field("allOf", .shape(.schema)),
    Field("not", .shape(.schema)),
    Field("minimum", .structural),
    Field("maximum", .structural),
    Field("exclusiveMinimum", .structural),
    Field("exclusiveMaximum", .structural),
    Field("multipleOf", .structural),
    Field("minLength", .structural),
    Field("maxLength", .structural),
    Field("minItems", .structural),
    Field("maxItems", .structural),
    Field("uniqueItems", .structural),
  ])

  private static let propertiesTable: Table = Table(others: .shape(.schema), isStructural: StructuralName.isProperty)
}
