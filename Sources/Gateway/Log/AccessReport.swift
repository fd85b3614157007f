package import Bytes
import Ciphers
package import Ledger
package import Vault

/// Who had access to what concerns one person, when and for which purpose: every entry of the log that names the person.
///
/// It is what 45 CFR 164.312(b) lets an auditor ask, and what an accounting under 164.528 begins with. The entries are
/// found by the person's tag; the names in them are opened with the person's own key, so that after disposal there is
/// nothing to find any more.
package struct AccessReport: Sendable {
  /// One entry about the person.
  package struct Access: Hashable, Sendable {
    /// The index of the entry in the log.
    package let index: UInt64
    /// What happened.
    package let event: Event
    /// When.
    package let time: Timestamp
    /// What the entry says, without the sealed parts.
    package let entry: JSONValue
    /// What the person's own sealed part says; nil where the entry has none, or it cannot be opened.
    package let personal: JSONValue?

    /// The text of a member of the entry.
    package func text(_ member: String) -> String? { entry[member]?.string }
  }

  /// The person's tag.
  package let tag: String
  /// The accesses, the oldest first.
  package let accesses: [Access]
  /// How many entries the log has.
  package let population: UInt64
  /// How many of them were looked through.
  package let evaluated: UInt64

  /// The report about a person, from the log of a data directory; an unknown person throws `unknownSubject`.
  package init(of subject: SubjectReference, vault: Vault, data: String) async throws {
    let tag = try await vault.tag(of: subject)
    let index = try SearchIndex(data: data)
    let coverage = try index.update()
    var query = SearchQuery()
    query.tags = [tag]
    let total = try index.count(query)
    var accesses: [Access] = []
    for found in try index.search(query, limit: Int(total)).reversed() {
      guard let stored = try AccessReport.entry(found.index, data: data) else { continue }
      var personal: JSONValue?
      for (reference, part) in zip(stored.outline.parts, stored.sealed) where reference.subject == tag {
        guard let part, let request = stored.outline.request else { continue }
        let opened = try await vault.withSubject(subject, create: false, seals: 0) { key in
          try? key.open(part, context: Entry.partContext(of: request))
        }
        personal = opened.flatMap { try? JSONValue(parsing: $0) }
      }
      accesses.append(
        Access(
          index: stored.index, event: stored.outline.event, time: stored.outline.time,
          entry: try JSONValue(parsing: stored.json), personal: personal))
    }
    self.tag = tag.description
    self.accesses = accesses
    population = coverage.entries
    evaluated = coverage.covered
  }

  // INVARIANT: the reader lives in a function that does not wait: Swift 6.3.1 misplaces a noncopyable local that is
  // alive across an `await`.
  private static func entry(_ index: UInt64, data: String) throws(LedgerError) -> StoredEntry? {
    var reader = try EntryReader(data: data, from: index, sealed: true)
    guard let stored = try reader.next(), stored.index == index else { return nil }
    return stored
  }
}
