import Bytes
import Detection

/// One line that a worker was given, `{"id":…,"text":…}`, perhaps with `"known":{…}`.
struct WorkerRequest: Sendable {
  /// The id as its bytes stand in the line; `null` when there is none.
  var id: [UInt8]
  /// The text, decoded.
  var text: [UInt8]
  /// What is known of the people in the text; nil when the line does not say.
  var known: KnownIdentifiers?

  /// Reads a line, or says what is wrong with it.
  init(_ line: Span<UInt8>) throws(WorkerFailure) {
    var id = WorkerFailure.null
    var text: [UInt8]?
    var known: [UInt8]?
    do throws(JSONError) {
      var cursor = try JSONCursor(line)
      guard try cursor.token(in: line).kind == .beginObject else { throw JSONError(.unexpectedByte, at: 0) }
      while let token = try cursor.next(in: line) {
        guard token.kind == .name else { continue }
        let name = WorkerRequest.decoded(token, in: line)
        let value = try cursor.token(in: line)
        if value.kind == .string, name == Array("text".utf8) {
          var decoded: [UInt8] = []
          guard JSONString.unescape(line.extracting(value.range), into: &decoded) else {
            throw JSONError(.loneSurrogate, at: value.range.lowerBound)
          }
          text = decoded
        } else {
          try cursor.skip(value, in: line)
          if name == Array("id".utf8) { id = WorkerRequest.raw(value, until: cursor.offset, in: line) }
          if name == Array("known".utf8) { known = WorkerRequest.raw(value, until: cursor.offset, in: line) }
        }
      }
    } catch {
      throw WorkerFailure(error, id: id)
    }
    guard let text else { throw WorkerFailure(.missingText, "the line has no member `text` that is a string", id: id) }
    if let zero = text.firstIndex(of: 0) {
      throw WorkerFailure(.nulByte, "zero byte at byte \(zero) of the text", id: id)
    }
    if let known, known != WorkerFailure.null {
      do throws(KnownIdentifiersError) {
        self.known = try KnownIdentifiers(parsing: known)
      } catch {
        throw WorkerFailure(.malformedKnown, error.description, id: id)
      }
    }
    self.id = id
    self.text = text
  }

  private static func decoded(_ name: JSONToken, in line: Span<UInt8>) -> [UInt8] {
    guard name.isEscaped else { return [UInt8](copying: line.extracting(name.range)) }
    var decoded: [UInt8] = []
    _ = JSONString.unescape(line.extracting(name.range), into: &decoded)
    return decoded
  }

  private static func raw(_ value: JSONToken, until end: Int, in line: Span<UInt8>) -> [UInt8] {
    let start = value.kind == .string ? value.range.lowerBound - 1 : value.range.lowerBound
    return [UInt8](copying: line.extracting(start..<end))
  }
}
