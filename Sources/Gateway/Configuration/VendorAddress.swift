/// Reads addresses of vendors and key services.
enum VendorAddress {
  /// Whether an http or https address is this machine's own, so that nothing sent to it leaves the machine.
  static func isLoopback(_ address: String) -> Bool {
    guard let scheme = ["https://", "http://"].first(where: address.hasPrefix) else { return false }
    let authority = address.dropFirst(scheme.utf8.count).prefix { $0 != "/" }
    let host = authority.hasPrefix("[") ? authority.prefix { $0 != "]" } + "]" : authority.prefix { $0 != ":" }
    return host == "localhost" || host == "[::1]" || IPv4Loopback.contains(host)
  }
}
