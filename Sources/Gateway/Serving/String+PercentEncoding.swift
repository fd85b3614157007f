extension String {
  /// The text that this spells with bytes such as `%2F` in it (RFC 3986, 2.1); nil when one is cut or the bytes are no
  /// UTF-8.
  var percentDecoded: String? {
    var bytes: [UInt8] = []
    var rest = utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard rest.count >= 2, let value = UInt8(Substring(rest.prefix(2)), radix: 16), rest.first != UInt8(ascii: "+")
      else { return nil }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
  }

  /// The names and values that this spells as the query of an address; nil when it is none.
  var pairs: [(name: String, value: String)]? {
    var pairs: [(name: String, value: String)] = []
    for pair in split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = String(parts[0]).percentDecoded, let value = String(parts.last ?? "").percentDecoded else {
        return nil
      }
      pairs.append((name, parts.count == 2 ? value : ""))
    }
    return pairs
  }
}
