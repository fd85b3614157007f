package import Ledger
import Yams

/// What the log is called, and who may read it through the gateway.
package struct LogSettings: Hashable, Sendable {
  /// Who may read `/log/`.
  package enum Readers: Hashable, Sendable {
    /// Nobody: the log is on the disk only.
    case nobody
    /// Whoever reaches the gateway: leaves hold no PHI, but they say who did what when.
    case anyone
    /// These callers, by their keys.
    case callers(Granted<ConfiguredID<Caller>>)
  }

  /// Who may read `/log/`.
  package var readers = Readers.nobody
  /// The name of this replica in the entries.
  package var server: ConfiguredID<LogSettings>?
  /// How the log is called when it is begun.
  package var origin = Origin.derived
  /// How many seconds lie between two visits to the witnesses.
  package var witnessSeconds = 60
  /// Where else the log is delivered to.
  package var sinks: [LogSink] = []
  /// Which of several replicas this is; nil where one gateway writes the log.
  package var shards: ShardSettings?

  /// The usual settings.
  package init() {}
}

extension LogSettings {
  init(_ node: ConfigurationNode) throws(ConfigurationError) {
    self.init()
    let members = try node.members("readers", "server", "origin", "witness_seconds", "export", "shards")
    if let seconds = members["witness_seconds"] { witnessSeconds = try seconds.integer(in: 1...86_400) }
    server = try members["server"]?.id()
    if let named = members["origin"] {
      guard let origin = Origin(try named.text()) else {
        throw named.error(
          .wrongForm(expected: "`derived`, `sigsum` or a name without spaces and `+`, such as `log.hospital.example`"))
      }
      self.origin = origin
    }
    if let named = members["shards"] {
      let shards = try ShardSettings(named)
      if origin == .sigsum {
        throw named.error(.wrongForm(expected: "left out: all logs of one key have one origin of Sigsum's form"))
      }
      server = server ?? ConfiguredID(shards.replica.description)
      self.shards = shards
    }
    for place in try members["export"]?.elements() ?? [] {
      let sink = try LogSink(place)
      guard !sinks.contains(where: { $0.id == sink.id }) else { throw place.error(.duplicate) }
      sinks.append(sink)
    }
    guard let readers = members["readers"] else { return }
    switch readers.node.scalar?.string {
    case "nobody": self.readers = .nobody
    case "anyone": self.readers = .anyone
    default: self.readers = .callers(try readers.grantedIDs())
    }
  }
}
