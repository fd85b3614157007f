/// Entries of a log by their numbers, each as the log's key signed it.
///
/// They are read from the tiles, which the published checkpoint proves; what that does not cover yet, or no tile gives,
/// is read from the segments up to the last seal.
struct ProvedEntries {
  private let data: String
  private let key: VerifierKey
  private var tiles: TileReader?

  init(data: String) throws(LedgerError) {
    self.data = data
    key = try Custody.verifier(data: data)
    do throws(LedgerError) { tiles = try TileReader(data: data, key: key) } catch { tiles = nil }
  }

  /// The JSON of those of these entries that the log has.
  mutating func json(of indexes: [UInt64]) throws(LedgerError) -> [UInt64: [UInt8]] {
    var found: [UInt64: [UInt8]] = [:]
    var rest: [UInt64] = []
    for index in indexes {
      do throws(LedgerError) { found[index] = try tiles?.entry(index) } catch { found[index] = nil }
      if found[index] == nil { rest.append(index) }
    }
    guard let first = rest.min(), let last = rest.max() else { return found }
    let wanted = Set(rest)
    var reader = try EntryReader(data: data, signedBy: key, from: first)
    while let entry = try reader.next(), entry.index <= last {
      if wanted.contains(entry.index) { found[entry.index] = entry.json }
    }
    return found
  }
}
