import Bytes

/// Why a line got an error for an answer; it holds places, nothing of the line but its id.
struct WorkerFailure: Error, Hashable {
  enum Code: String {
    case malformedJSON = "malformed_json"
    case invalidUTF8 = "invalid_utf8"
    case loneSurrogate = "lone_surrogate"
    case missingText = "missing_text"
    case nulByte = "nul_byte"
    case lineTooLong = "line_too_long"
    case malformedKnown = "malformed_known"
    case detectionUnavailable = "detection_unavailable"
  }

  static let null = Array("null".utf8)

  let code: Code
  let message: String
  let id: [UInt8]

  init(_ code: Code, _ message: String, id: [UInt8] = WorkerFailure.null) {
    self.code = code
    self.message = message
    self.id = id
  }

  init(_ error: JSONError, id: [UInt8]) {
    let code: Code =
      switch error.code {
      case .malformedUTF8: .invalidUTF8
      case .loneSurrogate: .loneSurrogate
      case .endOfText, .unexpectedByte, .malformedNumber, .malformedEscape, .controlCharacter, .tooDeep,
        .duplicateName, .trailingBytes:
        .malformedJSON
      }
    self.init(code, error.description, id: id)
  }

  /// Appends the answer to line `line`, counted from 1.
  func write(line: Int, into output: inout [UInt8]) {
    output.append(contentsOf: "{\"id\":".utf8)
    output.append(contentsOf: id)
    output.append(contentsOf: ",\"error\":{\"code\":\"\(code.rawValue)\",\"message\":".utf8)
    JSONString.quote(Array(message.utf8).span, into: &output)
    output.append(contentsOf: ",\"line\":\(line)}}\n".utf8)
  }
}
