/// Somebody elsewhere who keeps the newest checkpoint of a log, and cosigns one only if it extends that.
package struct Witness: Hashable, Sendable {
  /// The key that its cosignatures are checked with.
  package let key: VerifierKey
  /// The address that `/add-checkpoint` is appended to.
  package let url: String

  /// A witness; nil when the key is not one for cosignatures, or the address not one of HTTP.
  package init?(key: VerifierKey, url: String) {
    guard key.kind == .cosignature, url.hasPrefix("https://") || url.hasPrefix("http://"),
      url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else { return nil }
    self.key = key
    self.url = url.hasSuffix("/") ? String(url.dropLast()) : url
  }
}

/// The witnesses of a log, in the file `witnesses`.
///
///     quorum 2                          unless all must cosign
///     <vkey> <url>                      a line each
///
/// Empty lines and lines that begin with `#` say nothing.
package struct WitnessList: Hashable, Sendable {
  /// How many there can be: each has a line in the note of a checkpoint, which has 64 at most.
  package static let mostWitnesses = 32

  /// The witnesses.
  package private(set) var witnesses: [Witness] = []
  /// How many of them must cosign; nil for all.
  package private(set) var quorum: Int?

  /// No witnesses.
  package init() {}

  /// Whose cosignatures a checkpoint needs.
  package var policy: WitnessPolicy {
    WitnessPolicy(keys: witnesses.map(\.key), quorum: min(quorum ?? witnesses.count, witnesses.count))
  }

  /// Adds a witness; false when one with its name or its key is there, or as many as there can be.
  package mutating func add(_ witness: Witness) -> Bool {
    guard witnesses.count < WitnessList.mostWitnesses,
      !witnesses.contains(where: { $0.key.name == witness.key.name || $0.key.key == witness.key.key })
    else { return false }
    witnesses.append(witness)
    return true
  }

  /// Has so many of the witnesses cosign.
  package mutating func require(_ quorum: Int?) { self.quorum = quorum }

  /// The witnesses that `text` lists.
  package init(parsing text: [UInt8]) throws(LedgerError) {
    for (place, line) in text.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      guard !line.isEmpty, line.first != 0x23 else { continue }
      let parts = String(decoding: line, as: UTF8.self).split(separator: " ", omittingEmptySubsequences: false)
      guard parts.count == 2 else { throw LedgerError(.witness(line: place + 1)) }
      if parts[0] == "quorum" {
        guard quorum == nil, let number = Int(parts[1]), number >= 1 else {
          throw LedgerError(.witness(line: place + 1))
        }
        quorum = number
      } else {
        guard let key = VerifierKey(String(parts[0])), let witness = Witness(key: key, url: String(parts[1])),
          add(witness)
        else { throw LedgerError(.witness(line: place + 1)) }
      }
    }
    // Too many wanted would never be reached; that is for whoever wrote the list to say otherwise.
    guard quorum ?? 0 <= witnesses.count else { throw LedgerError(.witness(line: 1)) }
  }

  /// The list as text.
  package var bytes: [UInt8] {
    var text = quorum.map { "quorum \($0)\n" } ?? ""
    for witness in witnesses { text += "\(witness.key) \(witness.url)\n" }
    return Array(text.utf8)
  }

  /// The witnesses of the log of a data directory.
  package init(data: String) throws(LedgerError) {
    self = try WitnessList(parsing: try LogDirectory(data: data).root.content(of: LogDirectory.witnesses) ?? [])
  }

  /// Whether the file of the log of a data directory has these witnesses, byte for byte; none are a file that is not there.
  package static func isStored(_ text: [UInt8], data: String) throws(LedgerError) -> Bool {
    try LogDirectory(data: data).root.content(of: LogDirectory.witnesses) ?? [] == text
  }

  /// Makes these the witnesses of the log of a data directory.
  package func store(data: String) throws(LedgerError) {
    let bytes = bytes
    try LogDirectory(data: data).root.replace(LogDirectory.witnesses, with: bytes.span, mode: 0o644)
  }
}
