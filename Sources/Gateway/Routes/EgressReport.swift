package import Bytes
package import Ledger

/// Where the log says that something went, compared with where the configuration lets something go.
package struct EgressReport: Sendable {
  /// A machine that was sent something, or may be.
  package struct Destination: Sendable {
    /// Scheme, host and port; nil where an older entry does not say.
    package let name: String?
    /// The vendors at it.
    package fileprivate(set) var vendors: Set<String> = []
    /// The routes by which it was sent something.
    package fileprivate(set) var routes: Set<String> = []
    /// The bases on which that was.
    package fileprivate(set) var bases: Set<String> = []
    /// How often.
    package fileprivate(set) var calls = 0
    /// How often without a route.
    package fileprivate(set) var callsWithoutRoute = 0
    package fileprivate(set) var first: Timestamp?
    package fileprivate(set) var last: Timestamp?
    /// Whether a route of the configuration leads there.
    package fileprivate(set) var isApproved = false
  }

  /// The destinations, those that were sent something first, by name.
  package private(set) var destinations: [Destination] = []
  /// Whether the configuration has routes at all.
  package let hasRoutes: Bool
  /// How many entries were looked through.
  package private(set) var evaluated = 0
  /// What was given up of shards that the report is made from.
  private let givenUp: [JSONMember]

  /// What the logs of a data directory say of the time from `since` to before `until`.
  package init(
    _ configuration: Configuration, in logs: ProvedLogs, since: Timestamp? = nil, until: Timestamp? = nil
  ) throws {
    (hasRoutes, givenUp) = (configuration.routes != nil, logs.givenUpMembers)
    let vendors = Dictionary(uniqueKeysWithValues: configuration.vendors.map { ($0.id, $0) })
    var found: [String?: Destination] = [:]
    for route in configuration.routes ?? [] {
      for vendor in route.vendors.compactMap({ vendors[$0] }) {
        guard let name = vendor.destination?.description else { continue }
        found[name, default: Destination(name: name)].isApproved = true
        found[name]?.vendors.insert(vendor.id.name)
      }
    }
    let inside = Set(configuration.vendors.filter { !$0.isOutside }.map(\.id.name))
    guard !logs.logs.isEmpty else { throw LedgerError(.missing) }
    for log in logs.logs {
      var reader = try log.reader()
      while let entry = try reader.next() {
        evaluated += 1
        guard entry.outline.event == .requestOpened, since.map({ entry.outline.time >= $0 }) != false,
          until.map({ entry.outline.time < $0 }) != false
        else { continue }
        let said = try JSONValue(parsing: entry.json)
        let name = said["destination"]?.string
        guard let vendor = said["vendor"]?.string else { continue }
        // Nothing left for what is inside the process; entries of before this was written name no destination.
        if name == nil, said["retention"]?.string == Retention.inside.rawValue || inside.contains(vendor) { continue }
        found[name, default: Destination(name: name)].take(said, at: entry.outline.time, vendor)
      }
    }
    destinations = found.values.sorted {
      ($0.calls == 0 ? 1 : 0, $0.name ?? "") < ($1.calls == 0 ? 1 : 0, $1.name ?? "")
    }
  }

  /// Those that were sent something and that no route of the configuration leads to.
  package var strays: [Destination] { destinations.filter { $0.calls > 0 && !$0.isApproved } }

  /// The report as JSON.
  package var json: JSONValue {
    func names(_ names: Set<String>) -> JSONValue { .array(names.sorted().map { .string($0) }) }
    let rows = destinations.map { one -> JSONValue in
      .object([
        JSONMember("destination", one.name.map { .string($0) } ?? .null), JSONMember("vendors", names(one.vendors)),
        JSONMember("approved", .bool(one.isApproved)), JSONMember("calls", .integer(one.calls)),
        JSONMember("calls_without_route", .integer(one.callsWithoutRoute)), JSONMember("routes", names(one.routes)),
        JSONMember("bases", names(one.bases)), JSONMember("first", one.first.map { .string($0.description) } ?? .null),
        JSONMember("last", one.last.map { .string($0.description) } ?? .null),
      ])
    }
    return .object(
      [
        JSONMember("routes_configured", .bool(hasRoutes)), JSONMember("entries", .integer(evaluated)),
        JSONMember("destinations", .array(rows)), JSONMember("not_approved", .integer(strays.count)),
      ] + givenUp)
  }

  /// The report as lines, the first of which is a heading.
  package var lines: [String] {
    let rows = destinations.map { one in
      [
        one.name ?? "(not recorded)", one.vendors.sorted().joined(separator: ","), String(one.calls),
        one.last.map { String($0.description.prefix(10)) } ?? "-",
        one.routes.isEmpty ? "-" : one.routes.sorted().joined(separator: ","),
        one.calls == 0 ? "approved, not contacted" : one.isApproved ? "approved" : "NOT APPROVED",
      ]
    }
    let table = [["DESTINATION", "VENDOR", "CALLS", "LAST", "ROUTES", "STATE"]] + rows
    let widths = (0..<6).map { column in table.map { $0[column].utf8.count }.max() ?? 0 }
    return table.map { row in
      let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.utf8.count) }
      return String(cells.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
    }
  }
}

extension EgressReport.Destination {
  fileprivate init(name: String?) { self.name = name }

  fileprivate mutating func take(_ entry: JSONValue, at time: Timestamp, _ vendor: String) {
    calls += 1
    vendors.insert(vendor)
    if let route = entry["route"]?.string { routes.insert(route) } else { callsWithoutRoute += 1 }
    if let basis = entry["basis"]?.string { bases.insert(basis) }
    first = first.map { min($0, time) } ?? time
    last = last.map { max($0, time) } ?? time
  }
}
