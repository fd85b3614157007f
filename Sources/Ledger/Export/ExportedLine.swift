import Bytes
import Ciphers

/// What a line of an export holds, read back from whichever format it has.
package enum ExportedLine: Hashable, Sendable {
  /// It holds these records.
  case records([ExportedRecord])
  /// It holds none: a blank line, or the brackets of a `Bundle`.
  case frame
  /// It holds something that is no record of an export.
  case unreadable

  /// What `line`, without its line end, holds.
  package init(_ line: [UInt8]) {
    let body = ExportedLine.withoutEnvelope(line[...])
    if body.isEmpty || ExportedLine.frames.contains(Array(body)) {
      self = .frame
    } else if let records = ExportedLine.records(in: body), !records.isEmpty {
      self = .records(records)
    } else {
      self = .unreadable
    }
  }

  private static let frames = [#"{"resourceType":"Bundle","type":"batch","entry":["#, "]}"].map { Array($0.utf8) }

  /// What is in a line without white space round it, the comma after an element, and the envelope of syslog.
  private static func withoutEnvelope(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var body = line.drop { ASCII.isSpace($0) }
    while let last = body.last, ASCII.isSpace(last) { body.removeLast() }
    let unframed = body.drop { ASCII.isDigit($0) }.drop { $0 == 0x20 }
    if let text = SyslogMessage.text(of: unframed) { return text }
    if body.starts(with: [0x7B]), body.last == 0x2C { body.removeLast() }
    return body
  }

  private static func records(in body: ArraySlice<UInt8>) -> [ExportedRecord]? {
    if body.first == 0x7B { return (try? JSONValue(parsing: Array(body))).flatMap(records) }
    if body.first == 0x3C {
      return place(inXML: String(decoding: body, as: UTF8.self)).map { [ExportedRecord($0, .dicom, body)] }
    }
    guard let (version, extensions) = CEFLine.parts(of: body),
      let place = LogPlace(
        origin: extensions["cs1"], index: extensions["cn1"], leaf: extensions["cs2"], size: extensions["cn2"])
    else { return nil }
    return [ExportedRecord(place, .cef, version: version, body)]
  }

  private static func records(in value: JSONValue) -> [ExportedRecord]? {
    if let entries = value["entry"]?.array {
      let records = entries.map { $0["resource"].flatMap(record) }
      return records.contains(nil) ? nil : records.compactMap(\.self)
    }
    return record(in: value["resource"] ?? value).map { [$0] }
  }

  /// Whatever has written the JSON again in between: it is compared as this house writes it.
  private static func record(in value: JSONValue) -> ExportedRecord? {
    guard let place = place(in: value) else { return nil }
    guard value["unmapped"] != nil else { return ExportedRecord(place, .fhir, value.bytes[...]) }
    let version = value["metadata"]?["product"]?["version"]?.string
    return ExportedRecord(place, .ocsf, version: version ?? "", value.bytes[...])
  }

  private static func place(in record: JSONValue) -> LogPlace? {
    if let members = record["unmapped"] { return LogPlace { members[$0]?.string } }
    for entity in record["entity"]?.array ?? [] {
      let details = entity["detail"]?.array ?? []
      let place = LogPlace { name in details.first { $0["type"]?.string == name }?["valueString"]?.string }
      if let place { return place }
    }
    return nil
  }

  private static func place(inXML text: String) -> LogPlace? {
    LogPlace { name in
      guard let start = text.firstRange(of: "type=\"\(name)\" value=\"")?.upperBound,
        let value = Base64.decode(String(text[start...].prefix { $0 != "\"" }))
      else { return nil }
      return String(decoding: value, as: UTF8.self)
    }
  }
}

extension LogPlace {
  /// The place whose four parts these texts spell; nil when one is missing or is none.
  init?(origin: String?, index: String?, leaf: String?, size: String?) {
    guard let origin, let index = index.flatMap({ UInt64($0) }), let size = size.flatMap({ UInt64($0) }),
      let leaf = leaf.flatMap(Digest.init(hexadecimal:))
    else { return nil }
    self.init(origin: origin, index: index, leaf: leaf, checkpointSize: size)
  }

  /// The place whose four parts `value` gives by name.
  init?(_ value: (String) -> String?) {
    self.init(
      origin: value(AuditRecord.PlaceName.origin), index: value(AuditRecord.PlaceName.index),
      leaf: value(AuditRecord.PlaceName.leaf), size: value(AuditRecord.PlaceName.checkpointSize))
  }
}

extension SyslogMessage {
  /// The text of the message that `bytes` are, without the byte order mark; nil when they are none of RFC 5424.
  static func text(of bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard bytes.first == 0x3C else { return nil }
    let afterNumber = bytes.dropFirst().drop { ASCII.isDigit($0) }
    guard afterNumber.starts(with: Array(">1 ".utf8)) else { return nil }
    var rest = afterNumber.dropFirst(3)
    for _ in 0..<5 {
      rest = rest.drop { $0 != 0x20 }
      guard !rest.isEmpty else { return nil }
      rest.removeFirst()
    }
    if rest.first == 0x2D { rest.removeFirst() }
    while rest.first == 0x5B {
      var isQuoted = false
      var isEscaped = false
      rest = rest.drop { byte in
        if isEscaped {
          isEscaped = false
        } else if byte == 0x5C {
          isEscaped = isQuoted
        } else if byte == 0x22 {
          isQuoted.toggle()
        } else if byte == 0x5D, !isQuoted {
          return false
        }
        return true
      }
      guard !rest.isEmpty else { return nil }
      rest.removeFirst()
    }
    guard rest.first == 0x20 else { return nil }
    rest.removeFirst()
    return rest.starts(with: [0xEF, 0xBB, 0xBF]) ? rest.dropFirst(3) : rest
  }
}

extension CEFLine {
  /// The product's version in the header of a line and its extensions by key, unescaped; nil when it is no line of the
  /// format.
  static func parts(of line: ArraySlice<UInt8>) -> (version: String, extensions: [String: String])? {
    guard line.starts(with: Array("CEF:0|".utf8)) else { return nil }
    var rest = line.dropFirst(6)
    var fields: [String] = []
    for _ in 0..<6 {
      var field: [UInt8] = []
      var isEscaped = false
      rest = rest.drop { byte in
        if !isEscaped, byte == 0x7C { return false }
        isEscaped = !isEscaped && byte == 0x5C
        if !isEscaped { field.append(byte) }
        return true
      }
      guard !rest.isEmpty else { return nil }
      rest.removeFirst()
      fields.append(String(decoding: field, as: UTF8.self))
    }
    return (fields[2], pairs(in: rest))
  }

  private static func pairs(in text: ArraySlice<UInt8>) -> [String: String] {
    var pairs: [String: String] = [:]
    var key: String?
    var value: [UInt8] = []
    var isEscaped = false
    for byte in text {
      if isEscaped {
        value.append(byte == 0x6E ? 0x0A : byte == 0x72 ? 0x0D : byte)
        isEscaped = false
      } else if byte == 0x5C {
        isEscaped = true
      } else if byte == 0x3D {
        // The word before an equals sign is the next key; what is before that word and its space is the value.
        let start = value.lastIndex(of: 0x20).map { $0 + 1 } ?? 0
        let next = String(decoding: value[start...], as: UTF8.self)
        if let key { pairs[key] = String(decoding: value[..<max(0, start - 1)], as: UTF8.self) }
        key = next
        value = []
      } else {
        value.append(byte)
      }
    }
    if let key { pairs[key] = String(decoding: value, as: UTF8.self) }
    return pairs
  }
}
