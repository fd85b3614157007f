/// Reads addresses of vendors and key services.
enum VendorAddress {
  /// Whether an http or https address is this machine's own, so that nothing sent to it leaves the machine.
  static func isLoopback(_ address: String) -> Bool {
    let authority = authority(of: address)
    let host = authority.hasPrefix("[") ? authority.prefix { $0 != "]" } + "]" : authority.prefix { $0 != ":" }
    return host == "localhost" || host == "[::1]" || IPv4Loopback.contains(host)
  }

  /// The host of an http or https address, and its port where it has one; empty for another address.
  static func authority(of address: String) -> String { String(remainder(of: address).prefix { $0 != "/" }) }

  /// What follows the host of an address.
  static func path(of address: String) -> String { String(remainder(of: address).drop { $0 != "/" }) }

  private static func remainder(of address: String) -> Substring {
    guard let scheme = ["https://", "http://"].first(where: address.hasPrefix) else { return "" }
    return address.dropFirst(scheme.utf8.count)
  }
}
