package import Ciphers
import Glibc

/// Makes room for another log where two people have given one up that is damaged: what is there gets another name, and
/// nothing of it is changed or deleted.
package enum LogPutAside {
  /// What a name ends with after which agreement it was put aside.
  static func ending(_ approval: ConfiguredName) -> String { "\(mark)\(approval)" }

  private static let mark = ".given-up-"
  /// So many of one agreement are kept: of the second on, the name ends with a number.
  private static let most = 9

  /// Whether a file or folder of a data directory is so called that was put aside.
  package static func isName(_ name: some StringProtocol) -> Bool {
    ([LogDirectory.name] + LogDirectory.besidesKey).contains { name.hasPrefix("\($0)\(mark)") }
  }

  /// Whether something is wrong in the log of a data directory, from its first byte to its last, which `key` has to have
  /// signed, under the name `name` where one is given; nil where none was ever begun.
  package static func isDamaged(
    _ data: String, signedBy key: VerificationKey, named name: String? = nil
  ) throws(LedgerError) -> Bool? {
    guard try !LogDirectory(data: data).isEmpty() else { return nil }
    do throws(LedgerError) {
      let verifier = try Custody.verifier(data: data)
      guard verifier.key == key, name ?? verifier.name == verifier.name else { return true }
      return try !AuditLog.verify(data: data, key: verifier).isWhole
    } catch {
      guard !error.isOfTheSystem else { throw error }
      return true
    }
  }

  /// Whether a log of a data directory was put aside after this agreement.
  static func isDone(_ data: String, under approval: ConfiguredName) throws(LedgerError) -> Bool {
    let log = LogDirectory(data: data)
    return try File.status(of: "\(log.root.path)\(ending(approval))") != nil
  }

  /// Renames the log of a data directory, with what lies beside its key.
  ///
  /// It refuses while a process writes it. Broken off, it is done again.
  static func move(_ data: String, under approval: ConfiguredName) throws(LedgerError) {
    let log = LogDirectory(data: data)
    let ending = ending(approval)
    if let lock = try File(log.root.file(LogDirectory.lock), O_RDWR) {
      guard try lock.lock() else { throw LedgerError(.inUse) }
      try rename(log.root.path, "\(log.root.path)\(ending)")
    } else {
      try rename(log.root.path, "\(log.root.path)\(ending)")
    }
    for name in LogDirectory.besidesKey { try rename("\(data)/keys/\(name)", "\(data)/keys/\(name)\(ending)") }
    if try Directory(data).directory("keys").exists() { try Directory(data).directory("keys").synchronise() }
    try Directory(data).synchronise()
  }

  private static func rename(_ path: String, _ other: String) throws(LedgerError) {
    guard try File.status(of: path) != nil else { return }
    // INVARIANT: what was put aside before, or somebody put in its place, is not written over.
    for number in 1...most {
      let name = number == 1 ? other : "\(other).\(number)"
      guard try File.status(of: name) == nil else { continue }
      guard unsafe Glibc.rename(path, name) == 0 else { throw .system(.rename) }
      return
    }
    throw LedgerError(.replaced)
  }
}
