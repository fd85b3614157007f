import Bytes

extension RequestReader {
  /// Shows a value and all that is in it.
  mutating func value(
    _ token: JSONToken, _ label: Label, _ site: inout Site, _ text: Span<UInt8>
  ) throws(ProviderError) {
    switch token.kind {
    case .string, .number: try leaf(token, label, &site, text)
    case .beginArray: try elements(as: .labelled, label, &site, text)
    case .beginObject: try members(of: .unknown, &site, text)
    case .true, .false, .null: break
    case .name, .endArray, .endObject: throw wrongType(token)
    }
  }

  /// Passes a value over while it is a word or a short number of the protocol, and shows it when it is not.
  mutating func structural(
    _ token: JSONToken, _ label: Label, _ site: inout Site, _ text: Span<UInt8>
  ) throws(ProviderError) {
    switch token.kind {
    case .true, .false, .null: break
    case .number where StructuralName.isShortNumber(text.extracting(token.range)): break
    case .string where ProtocolWord.isKnown(text.extracting(token.range)): break
    case .string where StructuralName.isVendorID(text.extracting(token.range)): break
    case .string: try name(token, of: .word, label, &site, text)
    case .beginArray: try elements(as: .structural, label, &site, text)
    default: try value(token, label, &site, text)
    }
  }

  mutating func shape(
    _ shape: RequestShape, _ token: JSONToken, _ label: Label, _ site: inout Site, _ text: Span<UInt8>
  ) throws(ProviderError) {
    switch token.kind {
    case .beginObject: try members(of: shape, &site, text)
    case .beginArray: try elements(as: .shape(shape), label, &site, text)
    default: try structural(token, label, &site, text)
    }
  }

  /// Passes over a value and all that is in it.
  mutating func skip(_ token: JSONToken, _ site: inout Site, _ text: Span<UInt8>) throws(ProviderError) {
    do throws(JSONError) {
      try site.cursor.skip(token, in: text)
    } catch {
      throw ProviderError(error, path: path.description)
    }
  }

  /// Notes where a value for the gateway stands, without showing it.
  mutating func gatewayMember(
    _ token: JSONToken, _ site: inout Site, _ text: Span<UInt8>
  ) throws(ProviderError) {
    // What the value opens is a step of the path already.
    let isOpen = token.kind == .beginObject || token.kind == .beginArray
    guard case .name(let name) = site.cursor.path.dropLast(isOpen ? 1 : 0).last else { throw wrongType(token) }
    let start = token.kind == .string ? token.range.lowerBound - 1 : token.range.lowerBound
    try skip(token, &site, text)
    gatewayMember = (name.lowerBound - 1..<site.cursor.offset, start..<site.cursor.offset)
  }

  /// Notes that what is being read cannot be inspected, or the object that it stands in.
  ///
  /// Only the first of each reason is told: a body can have one in every third byte, each at the end of a long path.
  mutating func report(_ reason: Uninspectable.Reason, above: Bool = false) {
    reportCount += 1
    if uninspectable.contains(where: { $0.reason == reason }) { return }
    var path = path
    if above { path.leave() }
    uninspectable.append(Uninspectable(path: path.description, reason: reason))
  }

  private mutating func leaf(
    _ token: JSONToken, _ label: Label, _ site: inout Site, _ text: Span<UInt8>
  ) throws(ProviderError) {
    guard prose.segmentCount < RequestReader.valueLimit else {
      throw ProviderError(.tooManyValues, at: token.range.lowerBound)
    }
    let before = prose.mark
    begin(label)
    guard prose.show(token, of: text, source: site.source) else {
      throw ProviderError(
        .malformedJSON(.loneSurrogate), at: token.range.lowerBound, path: path.description)
    }
    guard token.kind == .string else { return }
    let shown = prose.lastShown
    if EncodedBytes.isIn(prose.text.span.extracting(shown)) { report(.encodedBytes) }
    let mayBeJSON =
      site.level < RequestReader.embeddingLimit && EmbeddedJSON.mayBe(prose.text.span.extracting(shown))
    if mayBeJSON, openEmbedded(label, site, before) { return }
    if mayBeJSON {
      begin(label)
      _ = prose.show(token, of: text, source: site.source)
    }
    let isReadTwice = showLoosely(label, before)
    if prose.showEncoded() { report(.encodedBytes) }
    guard isReadTwice else { return }
    begin(label)
    _ = prose.show(token, of: text, source: site.source)
    if prose.showEncoded() { report(.encodedBytes) }
  }

  /// Shows what the string says as JSON in place of the string, which was shown last; false when it is not JSON, and
  /// nothing is shown then.
  private mutating func openEmbedded(_ label: Label, _ site: Site, _ before: ProseView.Mark) -> Bool {
    guard let (bytes, source) = prose.openLastShown(goingBackTo: before) else { return false }
    let reported = (uninspectable.count, reportCount)
    let depth = path.depth
    do throws(ProviderError) {
      try readEmbedded(bytes.span, label, source: source, level: site.level + 1)
      return true
    } catch {
      prose.goBack(to: before)
      uninspectable.removeSubrange(reported.0...)
      reportCount = reported.1
      path.leave(to: depth)
      return false
    }
  }

  /// Shows the string that was shown last again with its backslashes read as escapes, if it has any: a text that quotes
  /// JSON without being JSON.
  ///
  /// It returns whether a letter was read as part of one, as the `r` of `CLINIC\robert` is: then the text as it is written
  /// says something else.
  private mutating func showLoosely(_ label: Label, _ before: ProseView.Mark) -> Bool {
    guard prose.text[prose.lastShown].contains(0x5C) else { return false }
    guard let (bytes, source) = prose.openLastShown(goingBackTo: before) else { return false }
    begin(label)
    return prose.showLoosely(bytes.span, source: source)
  }

  private mutating func readEmbedded(
    _ text: Span<UInt8>, _ label: Label, source: Int, level: Int
  ) throws(ProviderError) {
    let cursor: JSONCursor
    do throws(JSONError) { cursor = try JSONCursor(text) } catch { throw ProviderError(error) }
    var site = Site(cursor: cursor, source: source, level: level)
    try value(token(&site, text), label, &site, text)
    do throws(JSONError) { _ = try site.cursor.next(in: text) } catch { throw ProviderError(error) }
  }

  /// Shows the name of what is shown next, as context.
  mutating func begin(_ label: Label) {
    switch label {
    case .none: prose.separate()
    case .field(let name):
      prose.separate()
      prose.show(context: Array(name.utf8).span)
      prose.show(context: [0x3A, 0x20].span)
    case .shown(let name) where prose.text.count == name.upperBound:
      prose.show(context: [0x3A, 0x20].span)
    case .shown(let name):
      prose.separate()
      guard name.count <= RequestReader.repeatedLabelLimit else { return }
      prose.repeatContext(name)
      prose.show(context: [0x3A, 0x20].span)
    }
  }
}

/// Whether a string is worth reading as JSON: it begins and ends as an object, an array or a string does.
enum EmbeddedJSON {
  static func mayBe(_ text: Span<UInt8>) -> Bool {
    var first = 0
    var last = text.count - 1
    while first < last, ASCII.isSpace(text[first]) { first += 1 }
    while first < last, ASCII.isSpace(text[last]) { last -= 1 }
    guard first < last else { return false }
    return switch (text[first], text[last]) {
    case (0x7B, 0x7D), (0x5B, 0x5D), (0x22, 0x22): true
    default: false
    }
  }
}
