package import Ledger
import Yams

/// Another place that the log is delivered to while the gateway runs.
package struct LogSink: Hashable, Sendable {
  /// Where records go.
  package enum Target: Hashable, Sendable {
    /// To a receiver of syslog.
    case syslog(SyslogReceiver, SyslogTrust)
    /// To a file, a record a line.
    case file(String)
  }

  /// Its name: how far it got is kept under it.
  package var id: ConfiguredID<LogSink>
  /// What records look like.
  package var format: ExportFormat
  /// Where records go.
  package var target: Target
  /// After how many seconds it is asked whether what was sent has arrived.
  package var confirmSeconds = 30
}

extension LogSink {
  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    let members = try node.members(
      "id", "format", "to", "file", "authorities", "certificate", "key", "confirm_seconds")
    id = try members.required("id").id()
    let named = try members.required("format")
    guard let format = ExportFormat(rawValue: try named.text()), format.isStream else {
      throw named.error(.wrongForm(expected: "`fhir`, `dicom`, `ocsf` or `cef`"))
    }
    self.format = format
    if let seconds = members["confirm_seconds"] { confirmSeconds = try seconds.integer(in: 1...3_600) }
    if let file = members["file"] {
      target = .file(try file.text())
      for name in ["to", "authorities", "certificate", "key", "confirm_seconds"] {
        if let extra = members[name] { throw extra.error(.wrongForm(expected: "left out: the sink is a file")) }
      }
      return
    }
    let place = try members.required("to")
    guard let receiver = SyslogReceiver(try place.text()) else {
      throw place.error(.wrongForm(expected: "`syslog+tls://host:port`, `syslog+tcp://…` or `syslog+udp://…`"))
    }
    for name in ["authorities", "certificate", "key"] where receiver.transport != .tls {
      if let extra = members[name] { throw extra.error(.wrongForm(expected: "left out: only TLS has certificates")) }
    }
    // One of the two without the other is a mistake: nothing would be shown to the receiver.
    if members["certificate"] != nil { _ = try members.required("key") }
    if members["key"] != nil { _ = try members.required("certificate") }
    target = .syslog(
      receiver,
      SyslogTrust(
        authorities: try members["authorities"]?.text(), certificate: try members["certificate"]?.text(),
        privateKey: try members["key"]?.text()))
  }
}
