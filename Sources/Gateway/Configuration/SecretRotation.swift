import Deidentification
import Glibc
import NIOSSL
package import PHI

/// When a secret was changed last, and how long it may be used (45 CFR 164.308(a)(5)(ii)(D)).
package struct SecretRotation: Hashable, Sendable {
  /// The day on which it was changed last; where its file was written later, that day counts.
  package var changed: CalendarDate?
  /// How many days it may be used.
  package var days = 90

  /// A secret in a file, to be changed every quarter of a year.
  package init() {}
}

extension SecretRotation {
  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    self.init()
    let members = try node.members("environment", "file", "changed", "rotate_days")
    changed = try members["changed"]?.date()
    if let days = members["rotate_days"] { self.days = try days.integer(in: 1...3_650) }
  }
}

/// A secret of the configuration, and until when it may be used.
package struct DatedSecret: Hashable, Sendable {
  /// What it is, in the configuration's names, such as `credential of vendor mock`.
  package let name: String
  /// The day on which it was changed last; nil when nothing says so.
  package let changed: CalendarDate?
  /// The last day on which it may be used; nil when nobody knows when it was changed.
  package let due: CalendarDate?

  /// Whether it should have been changed before this day; of one whose age nobody knows that is so.
  package func isOverdue(on day: CalendarDate) -> Bool { due.map { $0 < day } ?? true }
}

extension Configuration {
  /// The secrets and certificates that the configuration names, with their days.
  package var datedSecrets: [DatedSecret] {
    let credentials = vendors.compactMap { vendor in
      vendor.kind.place.flatMap { place in place.credential.map { place.rotation.dated($0, of: vendor) } }
    }
    return credentials + (listen.certificate.map { [$0.dated] } ?? [])
  }
}

extension SecretRotation {
  fileprivate func dated(_ source: SecretSource, of vendor: Vendor) -> DatedSecret {
    var last = changed
    if case .file(let path) = source, let written = CalendarDate(lastChangeOf: path) {
      last = last.map { max($0, written) } ?? written
    }
    return DatedSecret(name: "credential of vendor \(vendor.id)", changed: last, due: last?.adding(days: days))
  }
}

extension Configuration.CertificateFiles {
  /// The listener's certificate, which has to be replaced two weeks before it ends.
  fileprivate var dated: DatedSecret {
    let name = "certificate of the listener"
    guard let certificate = try? NIOSSLCertificate.fromPEMFile(chain).first else {
      return DatedSecret(name: name, changed: nil, due: nil)
    }
    let ends = CalendarDate(secondsSinceEpoch: Int64(certificate.notValidAfter))
    return DatedSecret(
      name: name, changed: CalendarDate(secondsSinceEpoch: Int64(certificate.notValidBefore)),
      due: ends.adding(days: -14))
  }
}

extension CalendarDate {
  fileprivate init?(lastChangeOf path: String) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    self.init(secondsSinceEpoch: Int64(status.st_mtim.tv_sec))
  }
}
