import Bytes

extension JSONCursor {
  /// The value of the member `name` of the object just opened, wherever among its members it stands; nil when there is
  /// none, or the text is no JSON before it.
  ///
  /// A name or a value that is written with escapes is none: words of a protocol are not.
  func value(ahead name: StaticString, in text: Span<UInt8>) -> JSONToken? {
    var cursor = self
    do throws(JSONError) {
      while true {
        let member = try cursor.token(in: text)
        guard member.kind == .name else { return nil }
        let value = try cursor.token(in: text)
        if text.extracting(member.range).spells(name) { return value.isEscaped ? nil : value }
        try cursor.skip(value, in: text)
      }
    } catch {
      return nil
    }
  }
}
