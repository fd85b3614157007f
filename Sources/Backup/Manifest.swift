import Bytes
package import Ciphers
package import Ledger

/// What an archive holds, so that a restore can be proved.
package struct Manifest: Hashable, Sendable {
  /// What an archive is for.
  package enum Kind: String, Hashable, Sendable {
    /// The log, the stores without the keys of subjects, the configuration.
    case data
    /// The keys of subjects, wrapped, and the sealed files of keys.
    case escrow
  }

  /// One file of the archive.
  package struct File: Hashable, Sendable {
    /// Its name in the archive.
    package let name: String
    /// How many bytes it has.
    package let size: UInt64
    /// Their SHA-256 digest.
    package let digest: Digest
  }

  /// How many rows a table of a store has.
  package struct Count: Hashable, Sendable {
    /// The store's file.
    package let store: String
    /// The table.
    package let table: String
    /// How many rows it has.
    package let rows: Int
  }

  /// The published checkpoint that the archive holds.
  package struct Log: Hashable, Sendable {
    /// How many entries it covers.
    package let size: UInt64
    /// The root of their tree.
    package let root: Digest
  }

  /// The shard of a replica that the archive holds.
  package struct Shard: Hashable, Sendable {
    /// Whose it is.
    package let replica: ReplicaName
    /// Its published checkpoint.
    package let log: Log
  }

  static let name = "manifest.json"
  static let longest = 64 << 20
  /// No table has more rows; the sum over as many tables as a manifest has room for is still a number.
  private static let mostRows = 1 << 36

  /// What the archive is for.
  package var kind: Kind
  /// When it was made, in milliseconds since 1970.
  package var made: Int64
  /// The id of the vault; nil without one.
  package var vault: String?
  /// The log of a single gateway; nil in an escrow, and where several replicas have always written.
  package var log: Log?
  /// The root log of several replicas; nil where there is one gateway.
  package var rootLog: Log?
  /// Their shards, by name.
  package var shards: [Shard] = []
  /// The replicas whose shards were not what the root log or the vault says of them: their files are in it as they were,
  /// and nothing proves them.
  package var unproved: [ReplicaName] = []
  /// The rows of the stores.
  package var counts: [Count] = []
  /// The files, but for the manifest.
  package var files: [File] = []

  /// How many rows the tables of this name have together.
  package func rows(of table: String) -> Int { counts.reduce(0) { $1.table == table ? $0 + $1.rows : $0 } }
}

extension Manifest {
  /// The manifest as JSON.
  var bytes: [UInt8] {
    var members = [
      JSONMember("format", .string("cordon backup 1")), JSONMember("kind", .string(kind.rawValue)),
      JSONMember("made", .number(String(made))),
    ]
    if let vault { members.append(JSONMember("vault", .string(vault))) }
    if let log { members.append(JSONMember("log", log.json)) }
    if let rootLog {
      let shards = shards.map { shard -> JSONValue in
        .object([JSONMember("replica", .string(shard.replica.description)), JSONMember("log", shard.log.json)])
      }
      members += [JSONMember("root_log", rootLog.json), JSONMember("shards", .array(shards))]
      if !unproved.isEmpty {
        members.append(JSONMember("unproved", .array(unproved.map { .string($0.description) })))
      }
    }
    members.append(
      JSONMember(
        "counts",
        .array(
          counts.map {
            .object([
              JSONMember("store", .string($0.store)), JSONMember("table", .string($0.table)),
              JSONMember("rows", .number(String($0.rows))),
            ])
          })))
    members.append(
      JSONMember(
        "files",
        .array(
          files.map {
            .object([
              JSONMember("name", .string($0.name)), JSONMember("size", .number(String($0.size))),
              JSONMember("sha256", .string($0.digest.description)),
            ])
          })))
    var bytes: [UInt8] = []
    JSONValue.object(members).write(into: &bytes)
    return bytes + [0x0A]
  }

  /// The manifest that the JSON is; nil when it is none.
  init?(_ bytes: [UInt8]) {
    guard let json = try? JSONValue(parsing: bytes), json["format"]?.string == "cordon backup 1",
      let kind = json["kind"]?.string.flatMap(Kind.init(rawValue:)), let made = json["made"]?.integer,
      let counts = json["counts"]?.array, let files = json["files"]?.array
    else { return nil }
    self.init(kind: kind, made: Int64(made), vault: json["vault"]?.string)
    if let log = json["log"] {
      guard let log = Log(log) else { return nil }
      self.log = log
    }
    if let root = json["root_log"] {
      guard let root = Log(root), let shards = json["shards"]?.array else { return nil }
      rootLog = root
      for shard in shards {
        guard let replica = shard["replica"]?.string.flatMap(ReplicaName.init), let log = shard["log"].flatMap(Log.init)
        else { return nil }
        self.shards.append(Shard(replica: replica, log: log))
      }
      for name in json["unproved"]?.array ?? [] {
        guard let replica = name.string.flatMap(ReplicaName.init) else { return nil }
        unproved.append(replica)
      }
    }
    for file in files {
      guard let name = file["name"]?.string, let size = file["size"]?.integer, size >= 0,
        let digest = file["sha256"]?.string.flatMap({ Digest(hexadecimal: $0) })
      else { return nil }
      self.files.append(File(name: name, size: UInt64(size), digest: digest))
    }
    // A store is one of the files that the archive brought: a name from elsewhere is no path to open.
    let names = Set(self.files.map(\.name))
    for count in counts {
      guard let store = count["store"]?.string, let table = count["table"]?.string, let rows = count["rows"]?.integer,
        names.contains(store), (0...Manifest.mostRows).contains(rows)
      else { return nil }
      self.counts.append(Count(store: store, table: table, rows: rows))
    }
  }
}

extension Manifest.Log {
  fileprivate var json: JSONValue {
    .object([JSONMember("size", .number(String(size))), JSONMember("root", .string(root.description))])
  }

  fileprivate init?(_ json: JSONValue) {
    guard let size = json["size"]?.integer, size >= 0,
      let root = json["root"]?.string.flatMap({ Digest(hexadecimal: $0) })
    else { return nil }
    self.init(size: UInt64(size), root: root)
  }
}
