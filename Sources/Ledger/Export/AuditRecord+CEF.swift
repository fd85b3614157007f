import Bytes
import Ciphers

/// A line of ArcSight's Common Event Format, version 0.
struct CEFLine {
  private(set) var bytes: [UInt8]
  private var isFirst = true

  /// A line with its header.
  init(version: String, signature: String, name: String, severity: Int) {
    bytes = Array("CEF:0".utf8)
    for field in ["Cordon", "Cordon", version, signature, name, String(severity)] {
      bytes.append(0x7C)
      CEFLine.escapeHeader(field, into: &bytes)
    }
    bytes.append(0x7C)
  }

  /// Adds an extension; nothing for no value, because a key without one is none.
  ///
  /// - Precondition: the key is of letters and digits.
  mutating func add(_ key: String, _ value: String?) {
    guard let value, !value.isEmpty else { return }
    if !isFirst { bytes.append(0x20) }
    isFirst = false
    bytes.append(contentsOf: key.utf8)
    bytes.append(0x3D)
    CEFLine.escapeExtension(value, into: &bytes)
  }

  /// Appends a field of the header: `\` and `|` escaped; it has one line, so line ends become spaces.
  static func escapeHeader(_ text: String, into output: inout [UInt8]) {
    for byte in text.utf8 {
      switch byte {
      case 0x5C, 0x7C: output.append(contentsOf: [0x5C, byte])
      case 0x00...0x1F, 0x7F: output.append(0x20)
      default: output.append(byte)
      }
    }
  }

  /// Appends a value of an extension: `\` and `=` escaped, line ends written as `\n` and `\r`.
  ///
  /// A space at the end would be taken for the one before the next key by a reader that trims: it is left to stand,
  /// because the format has no escape for it.
  static func escapeExtension(_ text: String, into output: inout [UInt8]) {
    for byte in text.utf8 {
      switch byte {
      case 0x5C, 0x3D: output.append(contentsOf: [0x5C, byte])
      case 0x0A: output.append(contentsOf: "\\n".utf8)
      case 0x0D: output.append(contentsOf: "\\r".utf8)
      case 0x00...0x1F, 0x7F: output.append(0x20)
      default: output.append(byte)
      }
    }
  }
}

extension AuditRecord {
  /// The record as a line of CEF, without a line end.
  func cef(version: String) -> [UInt8] {
    var line = CEFLine(version: version, signature: event.rawValue, name: event.rawValue, severity: result.weight)
    line.add("rt", String(time.milliseconds))
    line.add("cn1Label", PlaceName.index)
    line.add("cn1", String(place.index))
    line.add("cn2Label", PlaceName.checkpointSize)
    line.add("cn2", String(place.checkpointSize))
    line.add("cs1Label", PlaceName.origin)
    line.add("cs1", place.origin)
    line.add("cs2Label", PlaceName.leaf)
    line.add("cs2", place.leaf.description)
    line.add("cat", nature.family.meaning)
    line.add("act", decision)
    line.add("outcome", result == .success ? "success" : "failure")
    line.add("reason", rule ?? ending)
    line.add("externalId", request)
    line.add("suid", user ?? people.first)
    line.add("sourceServiceName", caller)
    line.add("shost", client)
    line.add("dhost", vendor)
    line.add("dvchost", server)
    if purpose != nil { line.add("cs3Label", "purpose") }
    line.add("cs3", purpose)
    if !subjects.isEmpty { line.add("cs4Label", "subjects") }
    line.add("cs4", subjects.joined(separator: ","))
    if object != nil { line.add("cs5Label", "object") }
    line.add("cs5", object)
    if sent != nil { line.add("cs6Label", "sent") }
    line.add("cs6", sent)
    if status != nil { line.add("cn3Label", "status") }
    line.add("cn3", status.map(String.init))
    if rule != nil { line.add(AuditRecord.key("outcome"), ending) }
    if user != nil || people.count > 1 { line.add(AuditRecord.key("people"), people.joined(separator: ",")) }
    for detail in details { line.add(AuditRecord.key(detail.name), detail.value) }
    return line.bytes
  }

  /// A key of our own as the format wants them: vendor, product and what it means, in letters and digits.
  static func key(_ name: String) -> String {
    var key = Array("CordonLog".utf8)
    var isStart = true
    for byte in name.utf8 {
      let isWord = ASCII.isAlphanumeric(byte)
      if isWord { key.append(isStart && (0x61...0x7A).contains(byte) ? byte - 0x20 : byte) }
      isStart = !isWord
    }
    return String(decoding: key, as: UTF8.self)
  }
}

extension AuditResult {
  /// The severity from 0 to 10.
  fileprivate var weight: Int {
    switch self {
    case .success: 3
    case .minorFailure: 5
    case .seriousFailure: 7
    case .majorFailure: 10
    }
  }
}
