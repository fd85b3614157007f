import Bytes

/// A form as `multipart/form-data` (RFC 7578, RFC 2046, 5.1).
package struct MultipartForm: Sendable, Hashable {
  /// One field.
  package struct Field: Sendable, Hashable {
    package var name: String
    /// What the file is called; nil for a field that is none.
    package var filename: String?
    package var content: [UInt8]

    package init(_ name: String, filename: String? = nil, _ content: [UInt8]) {
      self.name = name
      self.filename = filename
      self.content = content
    }
  }

  /// Why a body is no form; never anything that it says.
  package enum Fault: Error, Hashable, Sendable {
    /// The type is another, or names no boundary.
    case type
    /// A boundary or a head of a part is not where it must be.
    case malformed
    /// There are more parts than are taken.
    case tooManyParts
    /// A part says that its content is written in another way than it is.
    case encoded
  }

  /// The fields in their order.
  package var fields: [Field]

  /// A form of these fields.
  package init(_ fields: [Field]) { self.fields = fields }

  private static let mostParts = 32
  private static let longestHead = 8 << 10

  /// The form that a body is, whose type is said by a header.
  package init(_ body: [UInt8], type: String) throws(Fault) {
    guard let boundary = Self.boundary(in: type) else { throw .type }
    let delimiter = Array("--\(boundary)".utf8)
    var place = try Self.begin(body, delimiter)
    fields = []
    while true {
      // What follows a delimiter is the end of the form, or spaces, a line break and a part.
      if body[place...].starts(with: [0x2D, 0x2D]) { return }
      while place < body.count, body[place] == 0x20 || body[place] == 0x09 { place += 1 }
      guard body[place...].starts(with: [0x0D, 0x0A]) else { throw .malformed }
      guard fields.count < Self.mostParts else { throw .tooManyParts }
      let (field, start) = try Self.head(body, from: place + 2)
      guard let end = Self.next(delimiter, in: body, from: start) else { throw .malformed }
      // A part without content has the line break of its head before the delimiter.
      fields.append(Field(field.name, filename: field.filename, end < start ? [] : Array(body[start..<end])))
      place = end + 2 + delimiter.count
    }
  }

  /// The body and its type; the boundary stands nowhere in the fields.
  package func written(boundary seed: String) -> (body: [UInt8], type: String) {
    var boundary = "cordon-\(seed)"
    while fields.contains(where: { Self.occurs(Array(boundary.utf8), in: $0.content) }) { boundary += "x" }
    var body: [UInt8] = []
    for field in fields {
      var head = "--\(boundary)\r\ncontent-disposition: form-data; name=\"\(field.name)\""
      if let filename = field.filename { head += "; filename=\"\(filename)\"\r\ncontent-type: application/jsonl" }
      body += Array("\(head)\r\n\r\n".utf8) + field.content + [0x0D, 0x0A]
    }
    return (body + Array("--\(boundary)--\r\n".utf8), "multipart/form-data; boundary=\(boundary)")
  }

  private static func occurs(_ mark: [UInt8], in content: [UInt8]) -> Bool {
    var place = 0
    while let found = content.span.firstIndex(of: mark[0], from: place) {
      if content[found...].starts(with: mark) { return true }
      place = found + 1
    }
    return false
  }

  /// Where the first part begins, behind its delimiter; what stands before it is passed over.
  private static func begin(_ body: [UInt8], _ delimiter: [UInt8]) throws(Fault) -> Int {
    if body.starts(with: delimiter) { return delimiter.count }
    guard let place = next(delimiter, in: body, from: 0) else { throw .malformed }
    return place + 2 + delimiter.count
  }

  /// Where the line break before the next delimiter stands.
  private static func next(_ delimiter: [UInt8], in body: [UInt8], from start: Int) -> Int? {
    var place = max(0, start - 2)
    while let found = body.span.firstIndex(of: 0x0D, from: place) {
      if found + 1 < body.count, body[found + 1] == 0x0A, body[(found + 2)...].starts(with: delimiter) { return found }
      place = found + 1
    }
    return nil
  }

  /// The name in the head that begins at `start`, and where the content begins.
  private static func head(_ body: [UInt8], from start: Int) throws(Fault) -> (Field, content: Int) {
    var place = start
    var field: Field?
    while true {
      guard let end = body.span.firstIndex(of: 0x0A, from: place), end > place, body[end - 1] == 0x0D,
        end - start <= longestHead
      else { throw .malformed }
      let line = String(decoding: body[place..<end - 1], as: UTF8.self)
      place = end + 1
      if line.isEmpty { break }
      guard let colon = line.firstIndex(of: ":") else { throw .malformed }
      let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
      switch line[..<colon].lowercased() {
      case "content-disposition": field = try disposition(String(value))
      case "content-transfer-encoding":
        guard ["binary", "7bit", "8bit"].contains(value.lowercased()) else { throw .encoded }
      default: break
      }
    }
    guard let field else { throw .malformed }
    return (field, place)
  }

  private static func disposition(_ value: String) throws(Fault) -> Field {
    let parameters = HeaderParameters(value)
    guard parameters.value == "form-data", let name = parameters["name"] else { throw .malformed }
    return Field(name, filename: parameters["filename"], [])
  }

  private static func boundary(in type: String) -> String? {
    let parameters = HeaderParameters(type)
    guard parameters.value == "multipart/form-data", let boundary = parameters["boundary"],
      (1...70).contains(boundary.utf8.count), boundary.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
    else { return nil }
    return boundary
  }
}

/// A header's value and the parameters behind it (RFC 9110, 5.6.6), each once.
private struct HeaderParameters {
  /// The value itself, in small letters.
  private(set) var value: String
  private var parameters: [String: String] = [:]

  subscript(name: String) -> String? { parameters[name] }

  init(_ header: String) {
    var rest = Substring(header)
    value = String(rest.prefix { $0 != ";" }).lowercased().filter { $0 != " " && $0 != "\t" }
    rest = rest.drop { $0 != ";" }
    while rest.first == ";" {
      rest = rest.dropFirst().drop { $0 == " " || $0 == "\t" }
      let name = rest.prefix { $0 != "=" && $0 != ";" }.lowercased()
      rest = rest.drop { $0 != "=" && $0 != ";" }
      guard rest.first == "=" else { continue }
      rest = rest.dropFirst()
      let text = Self.take(&rest)
      if parameters.updateValue(text, forKey: name) != nil { parameters[name] = nil }
      rest = rest.drop { $0 != ";" }
    }
  }

  /// A token, or a text in quotes.
  private static func take(_ rest: inout Substring) -> String {
    guard rest.first == "\"" else {
      defer { rest = rest.drop { $0 != ";" } }
      return String(rest.prefix { $0 != ";" && $0 != " " && $0 != "\t" })
    }
    rest = rest.dropFirst()
    var text = ""
    while let letter = rest.popFirst(), letter != "\"" {
      if letter == "\\", let escaped = rest.popFirst() { text.append(escaped) } else { text.append(letter) }
    }
    return text
  }
}
