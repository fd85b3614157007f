import Bytes

/// One walk over the body of a request that builds its view and learns what the gateway must know.
struct RequestReader {
  /// How many JSON texts are opened inside one another; deeper ones are shown as the text they are.
  static let embeddingLimit = 3
  /// How many strings, names and numbers outside the protocol a request may have.
  static let valueLimit = 1 << 18
  /// How many kinds of tools that the vendor runs a request may have.
  static let toolKindLimit = 128
  /// How long a caller's name may be to be shown again before each element of its array; the view must not outgrow the
  /// body without measure.
  static let repeatedLabelLimit = 40

  var prose: ProseView
  var settings = RequestSettings()
  /// The first of each reason.
  var uninspectable: [Uninspectable] = []
  /// How often anything was reported.
  var reportCount = 0
  /// How many tokens were read before their turn.
  private(set) var stepsAhead = 0
  var path = FieldPath()
  /// Where the member for the gateway stands in the body, from its name on, and its value.
  var gatewayMember: (whole: Range<Int>, value: Range<Int>)?
  /// Where the members stand in the body that ask the vendor to cache it, from their names on, in order.
  var cacheMembers: [Range<Int>] = []

  /// Where the reader is: in which of the view's sources, how deep in it.
  struct Site {
    var cursor: JSONCursor
    var source = 0
    var level = 0
    /// What the objects say that they are before they are read.
    var ahead = KindsAhead()
    /// The kinds that the object which is being read may be of, and what it has said of its own.
    var kinds: (shape: RequestShape.Table, told: Told)?
  }

  /// What an object has said of its kind.
  enum Told {
    case nothing
    /// That it is one of those that are known.
    case known
    /// Nothing but its id: it stands for what the vendor keeps.
    case reference
    /// That it is another.
    case unknown
  }

  /// What a value is called in the view.
  enum Label {
    case none
    /// A field of the dialect, shown before the value.
    case field(String)
    /// A name that the view shows already.
    case shown(Range<Int>)
  }

  init(_ body: Span<UInt8>, as shape: RequestShape) throws(ProviderError) {
    prose = ProseView(reserving: body.count)
    var site = Site(cursor: try located { () throws(JSONError) in try JSONCursor(body) })
    let first = try token(&site, body)
    guard first.kind == .beginObject else { throw wrongType(first) }
    try members(of: shape, &site, body)
    stepsAhead = site.ahead.steps
    _ = try located { () throws(JSONError) in try site.cursor.next(in: body) }
  }

  mutating func read(
    _ token: JSONToken, as treatment: Treatment, _ label: Label, _ site: inout Site, _ text: Span<UInt8>
  ) throws(ProviderError) {
    switch treatment {
    case .structural: try structural(token, label, &site, text)
    case .prose: try value(token, .none, &site, text)
    case .labelled: try value(token, label, &site, text)
    case .content(let shape, let mayBeOne): try content(of: shape, mayBeOne: mayBeOne, token, &site, text)
    case .texts: try texts(token, &site, text)
    case .labelledOr(let shape) where token.kind == .beginObject: try members(of: shape, &site, text)
    case .labelledOr: try value(token, label, &site, text)
    case .opaque: try opaque(token, label, &site, text)
    case .words(let words): try self.words(words, token, label, &site, text)
    case .tokens: try tokens(token, &site, text)
    case .telling(let treatment):
      let isID = if case .id = treatment { true } else { false }
      switch site.kinds?.told {
      case .nothing? where token.kind != .null: site.kinds?.told = isID ? .reference : .known
      case .reference? where !isID && token.kind != .null: site.kinds?.told = .known
      default: break
      }
      try read(token, as: treatment, label, &site, text)
    case .list(let shape): try list(of: shape, token, &site, text)
    case .shape(let shape): try self.shape(shape, token, label, &site, text)
    case .sealed(let reason): try sealed(reason, token, label, &site, text)
    case .bytes: try bytes(token, label, &site, text)
    case .name(let kind): try names(token, of: kind, label, &site, text)
    case .id: try id(token, label, &site, text)
    case .number(let range): try number(token, in: range, label, &site, text)
    case .seed: try seed(token, label, &site, text)
    case .property: try property(token, label, &site, text)
    case .kept(let treatment):
      if token.kind != .null { noteKept() }
      try read(token, as: treatment, label, &site, text)
    case .caching(let treatment): try caching(token, as: treatment, label, &site, text)
    case .keptName(let treatment):
      if token.kind == .string { noteKept() }
      try read(token, as: treatment, label, &site, text)
    case .keptUnless(let words):
      if token.kind == .null || words.contains(where: { text.extracting(token.range).spells($0) }) { return }
      noteKept()
      try structural(token, label, &site, text)
    case .kind: try kind(token, label, &site, text)
    case .gateway: try gatewayMember(token, &site, text)
    case .setting(let field): try setting(field, token, label, &site, text)
    }
  }

  mutating func members(of shape: RequestShape, _ site: inout Site, _ text: Span<UInt8>) throws(ProviderError) {
    let table = try table(of: shape, &site, text)
    let outer = site.kinds
    let reported = reportCount
    site.kinds = table.kinds == nil ? nil : (table, .nothing)
    var missing = table.required
    while true {
      let name = try token(&site, text)
      if name.kind == .endObject { break }
      if let field = try field(named: name, of: table, text) {
        path.enter(field.name)
        if !missing.isEmpty { missing.removeAll { $0 == field.name } }
        try read(token(&site, text), as: field.treatment, .field(field.name), &site, text)
      } else {
        path.enterUnknown()
        let label = try self.label(name, of: table, &site, text)
        try read(token(&site, text), as: table.others, label, &site, text)
      }
      path.leave()
    }
    if let name = missing.first { throw missingField(name) }
    if site.kinds?.told == .reference { noteKept() }
    let isUnknown = site.kinds.map { $0.told == .nothing || $0.told == .unknown } ?? false
    if isUnknown, reportCount == reported { report(.unknownPart) }
    site.kinds = outer
  }

  /// Shows a name that the dialect does not know, if it is to be shown.
  private mutating func label(
    _ name: JSONToken, of table: RequestShape.Table, _ site: inout Site, _ text: Span<UInt8>
  ) throws(ProviderError) -> Label {
    let spelt = text.extracting(name.range)
    if table.isStructural(spelt) { return .none }
    return try show(name, &site, text)
  }

  private mutating func noteKept() { settings.kept = settings.kept ?? path.description }

  /// What is done with the fields of the object that has been opened.
  private mutating func table(
    of shape: RequestShape, _ site: inout Site, _ text: Span<UInt8>
  ) throws(ProviderError) -> RequestShape.Table {
    let table = shape.table
    if table.variants == nil { return table }
    let type = site.ahead.kind(after: site.cursor, in: text)
    if let type, type.kind == .string, let variant = table.variant(named: text.extracting(type.range)) {
      return variant.table
    }
    report(.unknownPart)
    return RequestShape.unknown.table
  }

  /// Reads the elements of the array that has been opened.
  mutating func elements(
    as treatment: Treatment, _ label: Label, _ site: inout Site, _ text: Span<UInt8>
  ) throws(ProviderError) {
    var index = 0
    while true {
      let element = try token(&site, text)
      if element.kind == .endArray { return }
      path.enter(index: index)
      try read(element, as: treatment, label, &site, text)
      path.leave()
      index += 1
    }
  }

  func token(_ site: inout Site, _ text: Span<UInt8>) throws(ProviderError) -> JSONToken {
    do throws(JSONError) {
      return try site.cursor.token(in: text)
    } catch {
      throw ProviderError(error, path: path.description)
    }
  }

  func wrongType(_ token: JSONToken) -> ProviderError {
    ProviderError(.wrongType, at: token.range.lowerBound, path: path.description)
  }

  private func missingField(_ name: String) -> ProviderError {
    var path = path
    path.enter(name)
    return ProviderError(.missingField, at: 0, path: path.description)
  }

  private func located<Value>(_ read: () throws(JSONError) -> Value) throws(ProviderError) -> Value {
    do throws(JSONError) { return try read() } catch { throw ProviderError(error, path: path.description) }
  }

  private func field(
    named name: JSONToken, of shape: RequestShape.Table, _ text: Span<UInt8>
  ) throws(ProviderError) -> RequestShape.Field? {
    guard name.isEscaped else { return shape.field(named: text.extracting(name.range)) }
    var decoded: [UInt8] = []
    _ = JSONString.unescape(text.extracting(name.range), into: &decoded)
    return shape.field(named: decoded.span)
  }

  /// Shows a name that is the caller's own, which may itself give somebody away.
  private mutating func show(
    _ name: JSONToken, _ site: inout Site, _ text: Span<UInt8>
  ) throws(ProviderError) -> Label {
    prose.separate()
    _ = prose.show(name, of: text, source: site.source)
    let shown = prose.lastShown
    if prose.showEncoded() { report(.encodedBytes) }
    return .shown(shown)
  }
}
