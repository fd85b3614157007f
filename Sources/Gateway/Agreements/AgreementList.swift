import Bytes
package import Ciphers
import Ledger
package import PHI
import Yams

/// What the registry says: which agreements there are with which vendor.
package struct AgreementList: Hashable, Sendable {
  /// The agreements, each once, in the order in which they were taken in.
  package private(set) var entries: [Entry] = []

  /// An agreement and the vendor it is with.
  package struct Entry: Hashable, Sendable {
    package var vendor: ConfiguredID<Vendor>
    package var agreement: Agreement
  }

  /// No agreement.
  package init() {}

  /// Reads a registry; the first mistake is thrown with its line.
  package init(yaml: String) throws(ConfigurationError) {
    let list = try ConfigurationNode(yaml: yaml).members("agreements").required("agreements")
    var seen: Set<ConfiguredID<Agreement>> = []
    for node in try list.elements() {
      let entry = try Self.entry(node)
      guard seen.insert(entry.agreement.id).inserted else { throw node.error(.duplicate) }
      entries.append(entry)
    }
  }

  /// Reads one entry, as `cordon vendor add` is given it.
  package static func entry(yaml: String) throws(ConfigurationError) -> Entry {
    try entry(ConfigurationNode(yaml: yaml))
  }

  private static func entry(_ node: ConfigurationNode) throws(ConfigurationError) -> Entry {
    // The agreement is read first: it knows every key, and names the first that is missing.
    let agreement = try Agreement(node, .whole)
    guard case .mapping(let mapping) = node.node, let vendor = mapping["vendor"]?.scalar?.string,
      let id = ConfiguredID<Vendor>(vendor)
    else { throw node.error(.wrongForm(expected: "with a vendor's id under `vendor`")) }
    return Entry(vendor: id, agreement: agreement)
  }

  /// Takes in an agreement in the place of the one with its id, or at the end; the one that was there.
  @discardableResult
  package mutating func put(_ entry: Entry) -> Entry? {
    guard let place = entries.firstIndex(where: { $0.agreement.id == entry.agreement.id }) else {
      entries.append(entry)
      return nil
    }
    defer { entries[place] = entry }
    return entries[place]
  }

  /// Ends an agreement on a day; false when there is none of this id.
  package mutating func terminate(_ id: ConfiguredID<Agreement>, on day: CalendarDate) -> Bool {
    guard let place = entries.firstIndex(where: { $0.agreement.id == id }) else { return false }
    entries[place].agreement.terminated = day
    return true
  }

  /// The agreements with a vendor: those of the registry, and the one of `cordon.yaml` unless the registry has it.
  package func agreements(with vendor: Vendor) -> [Agreement] {
    let registered = entries.filter { $0.vendor == vendor.id }.map(\.agreement)
    guard let written = vendor.agreement, !entries.contains(where: { $0.agreement.id == written.id }) else {
      return registered
    }
    return registered + [written]
  }

  /// The file: the same text for the same agreements.
  package var yaml: String {
    "# The agreements with vendors. Kept by `cordon vendor`, which records each change in the log.\nagreements:"
      + (entries.isEmpty ? " []\n" : "\n" + entries.map { $0.agreement.entry(of: $0.vendor) }.joined())
  }

  /// The hash of the file.
  package var digest: Digest { Digest(hashing: Array(yaml.utf8).span) }
}
