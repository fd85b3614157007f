/// Reads policies from text.
struct PolicyParser {
  var reader: TokenReader
  /// How many brackets, braces and conditionals are open.
  var nesting = 0

  /// How many may be open at once.
  static let nestingLimit = 128

  init(_ source: [UInt8]) throws(PolicyError) { reader = try TokenReader(source) }

  /// Every policy of the text, named `policy0`, `policy1` and so on.
  mutating func statements() throws(PolicyError) -> [Statement] {
    var statements: [Statement] = []
    while !reader.isAtEnd { statements.append(try statement(id: Text("policy\(statements.count)"))) }
    return statements
  }

  private mutating func statement(id: Text) throws(PolicyError) -> Statement {
    let annotations = try annotations()
    let effect = try effect()
    var statement = Statement(id: id, effect: effect, annotations: annotations)
    try reader.expect(.openParenthesis)
    try variable(.principal)
    statement.principal = try scope(.principal)
    try separator()
    try variable(.action)
    statement.action = try actionScope()
    try separator()
    try variable(.resource)
    statement.resource = try scope(.resource)
    _ = reader.take(.comma)
    try reader.expect(.closeParenthesis)
    while reader.peek.kind == .identifier { statement.conditions.append(try condition()) }
    try reader.expect(.semicolon)
    return statement
  }

  private mutating func annotations() throws(PolicyError) -> [Statement.Annotation] {
    var annotations: [Statement.Annotation] = []
    while reader.take(.at) {
      let name = try reader.anyIdentifier()
      guard !annotations.contains(where: { $0.name == name }) else {
        throw reader.error(.duplicateAnnotation, named: name)
      }
      var value: Text?
      if reader.take(.openParenthesis) {
        value = try reader.string()
        try reader.expect(.closeParenthesis)
      }
      annotations.append(Statement.Annotation(name: name, value: value))
    }
    return annotations
  }

  private mutating func effect() throws(PolicyError) -> Statement.Effect {
    if reader.take(.permit) { return .permit }
    if reader.take(.forbid) { return .forbid }
    throw reader.isAtEnd ? reader.unexpected() : reader.error(.unknownEffect)
  }

  private mutating func variable(_ keyword: Keyword) throws(PolicyError) {
    guard reader.take(keyword) else { throw reader.error(.malformedScope) }
  }

  private mutating func separator() throws(PolicyError) {
    guard reader.take(.comma) else { throw reader.error(.malformedScope) }
  }

  private mutating func scope(_ slot: Slot) throws(PolicyError) -> Scope {
    if reader.take(.equal) { return .equal(try subject(slot)) }
    if reader.take(.in) { return .isIn(try subject(slot)) }
    guard reader.take(.is) else { return .any }
    let type = try name()
    return reader.take(.in) ? .isTypeIn(type, try subject(slot)) : .isType(type)
  }

  private mutating func subject(_ slot: Slot) throws(PolicyError) -> Scope.Subject {
    let start = reader
    switch try sum().expression {
    case .entity(let uid): return .entity(uid)
    case .slot(slot): return .slot
    default: throw start.error(.malformedScope)
    }
  }

  private mutating func actionScope() throws(PolicyError) -> ActionScope {
    let isEquality = reader.take(.equal)
    guard isEquality || reader.take(.in) else { return .any }
    let start = reader
    switch try sum().expression {
    case .entity(let uid) where uid.isAction: return isEquality ? .equal(uid) : .isIn([uid])
    case .set(let elements) where !isEquality:
      var uids: [EntityUID] = []
      for element in elements {
        guard case .entity(let uid) = element, uid.isAction else { throw start.error(.malformedScope) }
        uids.append(uid)
      }
      return .isIn(uids)
    default: throw start.error(.malformedScope)
    }
  }

  private mutating func condition() throws(PolicyError) -> Statement.Condition {
    let start = reader
    guard let kind = Statement.Condition.Kind(rawValue: try reader.anyIdentifier().string) else {
      throw start.error(.malformedCondition)
    }
    try reader.expect(.openBrace)
    guard !reader.isAt(.closeBrace) else { throw start.error(.malformedCondition) }
    let body = try expression().expression
    try reader.expect(.closeBrace)
    guard !body.hasSlot else { throw start.error(.slotOutsideScope) }
    guard body.size <= Expression.sizeLimit else { throw start.error(.tooLong) }
    return Statement.Condition(kind: kind, body: body)
  }

  /// A name of a type, its namespaces joined.
  mutating func name() throws(PolicyError) -> Text {
    var name = try reader.identifier().string
    while reader.take(.doubleColon) { name += "::\(try reader.identifier())" }
    return Text(name)
  }
}

extension PolicySet {
  /// The policies that `source` holds, named `policy0`, `policy1` and so on.
  package init(parsing source: [UInt8]) throws(PolicyError) {
    var parser = try PolicyParser(source)
    let statements = try parser.statements()
    self.init(policies: statements.filter(\.slots.isEmpty), templates: statements.filter { !$0.slots.isEmpty })
  }
}

extension Expression {
  /// The expression that `source` holds.
  package init(parsing source: [UInt8]) throws(PolicyError) {
    var parser = try PolicyParser(source)
    self = try parser.expression().expression
    guard parser.reader.isAtEnd else { throw parser.reader.unexpected() }
    guard size <= Expression.sizeLimit else { throw PolicyError(.tooLong) }
  }
}
