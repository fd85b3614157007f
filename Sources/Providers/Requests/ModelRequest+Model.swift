package import Bytes

extension ModelRequest {
  /// `body` with another model's name in the place of the one that it names, every other byte as it came.
  ///
  /// A body that names none is left as it is.
  package static func body(_ body: [UInt8], naming model: String) throws(JSONError) -> [UInt8] {
    guard let range = try modelName(in: body.span) else { return body }
    let name = JSONString.escaped(Array(model.utf8).span)
    return body[..<range.lowerBound] + name + body[range.upperBound...]
  }

  /// The range of the model's name within its quotes.
  private static func modelName(in text: Span<UInt8>) throws(JSONError) -> Range<Int>? {
    var cursor = try JSONCursor(text)
    guard try cursor.next(in: text)?.kind == .beginObject else { return nil }
    while let token = try cursor.next(in: text), token.kind == .name {
      var spelt: [UInt8] = []
      let isModel = JSONString.unescape(text.extracting(token.range), into: &spelt) && spelt.span.spells("model")
      let value = try cursor.token(in: text)
      if isModel { return value.kind == .string ? value.range : nil }
      try cursor.skip(value, in: text)
    }
    return nil
  }
}
