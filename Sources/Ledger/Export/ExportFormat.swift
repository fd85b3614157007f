import Bytes
import Ciphers

/// A format that the log is exported in.
package enum ExportFormat: String, Hashable, Sendable, CaseIterable {
  /// FHIR R4 `AuditEvent`, one a line.
  case fhir
  /// A FHIR R4 `Bundle` of `AuditEvent`s, to be posted as a batch; each of them is on a line of its own.
  case fhirBundle = "fhir-bundle"
  /// DICOM PS3.15 A.5 `AuditMessage`, each in a syslog message on a line of its own.
  case dicom
  /// OCSF, one event a line.
  case ocsf
  /// CEF, one event a line.
  case cef

  /// Whether records can be sent one by one.
  package var isStream: Bool { self != .fhirBundle }
}

/// Writes records in a format: the same bytes for the same records.
package struct Exporter: Sendable {
  private let format: ExportFormat
  private let version: String

  /// An exporter of the product's `version`.
  package init(_ format: ExportFormat, version: String) {
    self.format = format
    self.version = version
  }

  /// What stands before the first record.
  package var opening: [UInt8] {
    format == .fhirBundle ? Array(#"{"resourceType":"Bundle","type":"batch","entry":["#.utf8) : []
  }

  /// What stands after the last record.
  package func closing(isEmpty: Bool) -> [UInt8] {
    format == .fhirBundle ? Array((isEmpty ? "]}\n" : "\n]}\n").utf8) : []
  }

  /// Appends a record as it stands in a file, as a line.
  package func write(_ record: AuditRecord, isFirst: Bool, into output: inout [UInt8]) {
    switch format {
    case .fhirBundle:
      output.append(contentsOf: (isFirst ? "\n" : ",\n").utf8)
      JSONValue(members: ["resource": record.fhir, "request": ["method": "POST", "url": "AuditEvent"]])
        .write(into: &output)
      return
    case .dicom: writeMessage(record, into: &output)
    case .fhir, .ocsf, .cef: writeBody(record, into: &output)
    }
    output.append(0x0A)
  }

  /// Appends a record as a message of RFC 5424, without a frame.
  package func writeMessage(_ record: AuditRecord, into output: inout [UInt8]) {
    var body: [UInt8] = []
    writeBody(record, into: &body)
    SyslogMessage(
      severity: record.result == .success ? .notice : .warning, time: record.time, host: record.server, kind: kind,
      parameters: [
        "origin": record.place.origin, "index": String(record.place.index), "leaf": record.place.leaf.description,
        "size": String(record.place.checkpointSize), "event": record.event.rawValue,
      ], text: body
    ).write(into: &output)
  }

  /// The kind of message; of DICOM's it is that of PS3.15 A.6.
  private var kind: String {
    switch format {
    case .fhir, .fhirBundle: "FHIR+AuditEvent"
    case .dicom: "DICOM+RFC3881"
    case .ocsf: "OCSF"
    case .cef: "CEF"
    }
  }

  /// Appends a record without an envelope.
  func writeBody(_ record: AuditRecord, into output: inout [UInt8]) {
    switch format {
    case .fhir, .fhirBundle: record.fhir.write(into: &output)
    case .ocsf: record.ocsf(version: version).write(into: &output)
    case .cef: output.append(contentsOf: record.cef(version: version))
    case .dicom:
      output.append(contentsOf: #"<?xml version="1.0" encoding="UTF-8"?>"#.utf8)
      record.dicom.write(into: &output)
    }
  }
}
