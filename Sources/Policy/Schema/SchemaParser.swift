/// Reads a schema in Cedar's own syntax.
struct SchemaParser {
  private var reader: TokenReader
  private var draft = SchemaDraft()
  private var nesting = 0

  static func draft(of source: [UInt8]) throws(PolicyError) -> SchemaDraft {
    var parser = SchemaParser(reader: try TokenReader(source))
    return try parser.read()
  }

  private init(reader: TokenReader) { self.reader = reader }

  private mutating func read() throws(PolicyError) -> SchemaDraft {
    var outside = SchemaDraft.Namespace()
    while !reader.isAtEnd {
      try annotations()
      guard reader.take(.namespace) else {
        try declaration(&outside)
        continue
      }
      var namespace = SchemaDraft.Namespace(name: try path())
      guard !draft.namespaces.contains(where: { $0.name == namespace.name }) else {
        throw reader.error(.duplicateDeclaration, named: namespace.name)
      }
      try reader.expect(.openBrace)
      while !reader.take(.closeBrace) {
        try annotations()
        try declaration(&namespace)
      }
      draft.namespaces.append(namespace)
    }
    draft.namespaces.append(outside)
    return draft
  }

  private mutating func annotations() throws(PolicyError) {
    var names = Set<Text>()
    while reader.take(.at) {
      let name = try reader.anyIdentifier()
      guard names.insert(name).inserted else { throw reader.error(.duplicateAnnotation, named: name) }
      guard reader.take(.openParenthesis) else { continue }
      _ = try reader.string()
      try reader.expect(.closeParenthesis)
    }
  }

  private mutating func declaration(_ namespace: inout SchemaDraft.Namespace) throws(PolicyError) {
    if reader.take(.entity) { return try entity(&namespace) }
    if reader.take(.action) { return try action(&namespace) }
    guard reader.take(.type) else { throw reader.unexpected() }
    let name = try identifier()
    try reader.expect(.assign)
    namespace.commonTypes.append((name, try type()))
    try reader.expect(.semicolon)
  }

  private mutating func entity(_ namespace: inout SchemaDraft.Namespace) throws(PolicyError) {
    var names = [try identifier()]
    while reader.take(.comma) { names.append(try identifier()) }
    var type = SchemaDraft.EntityType(name: names[0])
    if reader.take(.enum) {
      try reader.expect(.openBracket)
      var choices = [try reader.string()]
      while reader.take(.comma) { choices.append(try reader.string()) }
      try reader.expect(.closeBracket)
      type.choices = choices
    } else {
      if reader.take(.in) { type.memberOf = try paths() }
      let isAssigned = reader.take(.assign)
      if isAssigned || reader.isAt(.openBrace) {
        try reader.expect(.openBrace)
        type.shape = .record(try attributes())
      }
      if reader.take(.tags) { type.tags = try self.type() }
    }
    try reader.expect(.semicolon)
    for name in names {
      type.name = name
      namespace.entityTypes.append(type)
    }
  }

  private mutating func action(_ namespace: inout SchemaDraft.Namespace) throws(PolicyError) {
    var names = [try name()]
    while reader.take(.comma) { names.append(try name()) }
    var action = SchemaDraft.Action(id: names[0])
    if reader.take(.in) { action.memberOf = try references() }
    if reader.take(.appliesTo) { try appliesTo(&action) }
    if reader.take(.attributes) {
      try reader.expect(.openBrace)
      try reader.expect(.closeBrace)
    }
    try reader.expect(.semicolon)
    for name in names {
      action.id = name
      namespace.actions.append(action)
    }
  }

  private mutating func references() throws(PolicyError) -> [SchemaDraft.Action.Reference] {
    guard reader.take(.openBracket) else { return [try reference()] }
    var references = [try reference()]
    while reader.take(.comma) { references.append(try reference()) }
    try reader.expect(.closeBracket)
    return references
  }

  private mutating func reference() throws(PolicyError) -> SchemaDraft.Action.Reference {
    if reader.peek.kind == .string { return SchemaDraft.Action.Reference(id: try reader.string()) }
    var parts = [try identifier()]
    while reader.take(.doubleColon) {
      if reader.peek.kind == .string {
        return SchemaDraft.Action.Reference(
          type: Text(parts.map(\.string).joined(separator: "::")), id: try reader.string())
      }
      parts.append(try identifier())
    }
    guard parts.count == 1 else { throw reader.unexpected() }
    return SchemaDraft.Action.Reference(id: parts[0])
  }

  private mutating func appliesTo(_ action: inout SchemaDraft.Action) throws(PolicyError) {
    try reader.expect(.openBrace)
    var given = Set<Keyword>()
    repeat {
      let start = reader
      if reader.take(.principal) {
        guard given.insert(.principal).inserted else { throw start.error(.duplicateDeclaration) }
        try reader.expect(.colon)
        action.principals = try someTypes()
      } else if reader.take(.resource) {
        guard given.insert(.resource).inserted else { throw start.error(.duplicateDeclaration) }
        try reader.expect(.colon)
        action.resources = try someTypes()
      } else if reader.take(.context) {
        guard given.insert(.context).inserted else { throw start.error(.duplicateDeclaration) }
        try reader.expect(.colon)
        action.context = reader.take(.openBrace) ? .record(try attributes()) : .named(try path())
      } else {
        throw reader.unexpected()
      }
    } while reader.take(.comma) && !reader.isAt(.closeBrace)
    try reader.expect(.closeBrace)
    guard given.contains(.principal), given.contains(.resource) else { throw reader.error(.missingAttribute) }
  }

  private mutating func someTypes() throws(PolicyError) -> [Text] {
    let start = reader
    let types = try paths()
    guard !types.isEmpty else { throw start.error(.emptyList) }
    return types
  }

  /// The attributes up to the closing brace.
  private mutating func attributes() throws(PolicyError) -> [SchemaDraft.Attribute] {
    var attributes: [SchemaDraft.Attribute] = []
    while !reader.take(.closeBrace) {
      try annotations()
      let name = try reader.peek.kind == .string ? reader.string() : pathIdentifier()
      let isOptional = reader.take(.question)
      try reader.expect(.colon)
      attributes.append(SchemaDraft.Attribute(name: name, type: try type(), isRequired: !isOptional))
      guard reader.take(.comma) || reader.isAt(.closeBrace) else { throw reader.unexpected() }
    }
    return attributes
  }

  private mutating func type() throws(PolicyError) -> SchemaDraft.Kind {
    nesting += 1
    defer { nesting -= 1 }
    guard nesting <= SchemaDraft.nestingLimit else { throw reader.error(.tooDeep) }
    if reader.take(.openBrace) { return .record(try attributes()) }
    guard reader.isAt(.set), reader.second.kind == .symbol(.less) else { return .named(try path()) }
    reader.next()
    reader.next()
    let element = try type()
    try reader.expect(.greater)
    return .set(element)
  }

  private mutating func paths() throws(PolicyError) -> [Text] {
    guard reader.take(.openBracket) else { return [try path()] }
    guard !reader.take(.closeBracket) else { return [] }
    var paths = [try path()]
    while reader.take(.comma) { paths.append(try path()) }
    try reader.expect(.closeBracket)
    return paths
  }

  private mutating func path() throws(PolicyError) -> Text {
    var path = try reader.isAt(.set) ? reader.anyIdentifier().string : pathIdentifier().string
    while reader.take(.doubleColon) { path += "::\(try pathIdentifier())" }
    return Text(path)
  }

  // `__cedar` may begin a path, for it names what Cedar itself declares, and may name an attribute.
  private mutating func pathIdentifier() throws(PolicyError) -> Text {
    reader.spelling(reader.peek) == "__cedar" ? try reader.anyIdentifier() : try identifier()
  }

  private mutating func name() throws(PolicyError) -> Text {
    try reader.peek.kind == .string ? reader.string() : identifier()
  }

  private mutating func identifier() throws(PolicyError) -> Text { try reader.identifier() }
}
