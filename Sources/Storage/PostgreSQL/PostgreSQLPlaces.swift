#if canImport(CPostgreSQL)
internal import CPostgreSQL

/// Where the servers of a database are, by its address; nothing is asked of them.
package enum PostgreSQLPlaces {
  /// The hosts and ports that libpq connects to for an address; none for sockets of this machine, nil for no address.
  package static func places(of address: String) -> [(host: String, port: Int)]? {
    guard let options = unsafe PQconninfoParse(address, nil) else { return nil }
    defer { unsafe PQconninfoFree(options) }
    var values: [String: [String]] = [:]
    var option = unsafe options
    while let keyword = unsafe option.pointee.keyword {
      if let value = unsafe option.pointee.val {
        let list = unsafe String(cString: value).split(separator: ",", omittingEmptySubsequences: false)
        values[unsafe String(cString: keyword)] = list.map(String.init)
      }
      unsafe option += 1
    }
    // The address goes before the name, which then is for the certificate only.
    let hosts = values["hostaddr"] ?? values["host"] ?? []
    let ports = values["port"] ?? []
    var places: [(host: String, port: Int)] = []
    for (index, host) in hosts.enumerated() where !host.isEmpty && host.first != "/" && host.first != "@" {
      let written = ports.count > 1 ? ports.dropFirst(index).first : ports.first
      guard let port = written.map({ $0.isEmpty ? 5_432 : Int($0) }) ?? 5_432, (1...65_535).contains(port) else {
        return nil
      }
      places.append((host, port))
    }
    return places
  }
}
#endif
