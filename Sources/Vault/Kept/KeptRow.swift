import Bytes
import Ciphers
import GRDB
import Storage
import struct Foundation.Data

/// The row of something kept, without its key and its map.
struct KeptRow: Hashable, Sendable {
  let code: KeptCode
  let caller: String
  let useCase: String
  let vendor: String
  let kind: KeptObject.Kind
  let created: Moment
  let expires: Moment
  // Bytes, as of every digest that an asynchronous function carries (see `StoredChange`).
  let patient: [UInt8]?
  let user: [UInt8]?

  static let columns = "code, caller, use_case, vendor, kind, created, expires, patient, user"

  /// A row that is not in the table yet.
  init(
    _ code: KeptCode, _ object: KeptObject, for holder: KeptHolder, patient: [UInt8]?, user: [UInt8]?, since: Moment,
    until: Moment
  ) {
    self.code = code
    caller = holder.caller
    useCase = holder.useCase
    vendor = object.vendor
    kind = object.kind
    created = since
    expires = until
    self.patient = patient
    self.user = user
  }

  /// A row that was read; whether it is as it was written shows when its map is opened.
  init(_ row: Row) throws(VaultError) {
    guard let code = Data.fromDatabaseValue(row["code"]), code.count == KeptCode.byteCount,
      let caller = String.fromDatabaseValue(row["caller"]), let useCase = String.fromDatabaseValue(row["use_case"]),
      let vendor = String.fromDatabaseValue(row["vendor"]),
      let kind = String.fromDatabaseValue(row["kind"]).flatMap(KeptObject.Kind.init(rawValue:)),
      let created = Int64.fromDatabaseValue(row["created"]), let expires = Int64.fromDatabaseValue(row["expires"])
    else { throw VaultError(.altered(.kept)) }
    self.code = KeptCode(bytes: [UInt8](code))
    self.caller = caller
    self.useCase = useCase
    self.vendor = vendor
    self.kind = kind
    self.created = Moment(milliseconds: created)
    self.expires = Moment(milliseconds: expires)
    patient = (row["patient"] as Data?).map { [UInt8]($0) }
    user = (row["user"] as Data?).map { [UInt8]($0) }
  }

  /// What its key and its map are sealed for: with anything of it changed they do not open.
  func context(in vault: String) -> [UInt8] {
    var text = RowText()
    text.append(vault)
    text.append(code.bytes)
    text.append(caller)
    text.append(useCase)
    text.append(vendor)
    text.append(kind.rawValue)
    text.append(created.milliseconds)
    text.append(expires.milliseconds)
    text.append(patient)
    text.append(user)
    return text.bytes
  }

  /// The code of all that a row of this sealed name says, but for its key and its map, which are bound to it.
  func mark(_ name: [UInt8], in vault: String, _ codes: RowCodes) -> [UInt8] {
    var text = RowText()
    text.append("listed")
    text.append(context(in: vault))
    text.append(name)
    return codes.mark(text).code
  }

  /// Whether its time is over at `now`.
  func isOver(at now: Moment) -> Bool { now >= expires }

  /// What may be known of it without opening anything.
  func record(_ byteCount: Int) -> KeptRecord {
    KeptRecord(
      code: code, caller: caller, useCase: useCase, vendor: vendor, kind: kind, created: created, expires: expires,
      subjects: [patient, user].compactMap { $0.flatMap { Digest($0.span) } }, byteCount: byteCount)
  }
}
