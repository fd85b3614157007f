import Bytes

/// What the objects of a JSON text say that they are in their member `type`, wherever among their members it stands.
///
/// Where it is not the first, one walk to the end of the object learns it for all objects inside, so that a text is walked
/// over twice at most, however its objects are nested.
struct KindsAhead {
  /// The values by where their objects begin, as far as the text has been walked over.
  private var values: [Int: JSONToken] = [:]
  /// How far that is.
  private var end = 0
  /// How many tokens were read ahead.
  private(set) var steps = 0

  /// The value of `type` of the object that `cursor` has just opened; nil when there is none, or the text is no JSON before
  /// it.
  ///
  /// A name or a value that is written with escapes is none: words of a protocol are not.
  mutating func kind(after cursor: JSONCursor, in text: Span<UInt8>) -> JSONToken? {
    if cursor.offset > end {
      if let first = firstMember(after: cursor, in: text) { return first.isEscaped ? nil : first }
      walk(from: cursor, in: text)
    }
    return values[cursor.offset]
  }

  /// The value of the first member, if that is `type`.
  private mutating func firstMember(after cursor: JSONCursor, in text: Span<UInt8>) -> JSONToken? {
    var place = cursor.offset
    while place < text.count, ASCII.isSpace(text[place]) { place += 1 }
    guard text.spells("\"type\"", at: place) else { return nil }
    var cursor = cursor
    steps += 2
    do throws(JSONError) {
      _ = try cursor.token(in: text)
      return try cursor.token(in: text)
    } catch {
      return nil
    }
  }

  private mutating func walk(from start: JSONCursor, in text: Span<UInt8>) {
    var cursor = start
    // Where each object that is open begins; an array has no place.
    var open = [start.offset]
    do throws(JSONError) {
      while !open.isEmpty {
        var token = try next(&cursor, text)
        if token.kind == .name {
          let isKind = text.extracting(token.range).spells("type")
          token = try next(&cursor, text)
          if isKind, !token.isEscaped, let object = open.last { values[object] = token }
        }
        switch token.kind {
        case .beginObject: open.append(cursor.offset)
        case .beginArray: open.append(-1)
        case .endObject, .endArray: open.removeLast()
        case .name, .string, .number, .true, .false, .null: break
        }
      }
    } catch {
      // What follows is no JSON; whoever reads on will say so.
    }
    end = max(end, cursor.offset)
  }

  private mutating func next(_ cursor: inout JSONCursor, _ text: Span<UInt8>) throws(JSONError) -> JSONToken {
    steps += 1
    return try cursor.token(in: text)
  }
}
