internal import Bytes

/// The hosts to which values may go that are put back into the calls of tools.
package struct HostList: Hashable, Sendable {
  /// A host: its name or IPv4 address, with `*.` before it all names below it, with `:` and a number behind it that port.
  ///
  /// It is written as it is asked for, in lower case, names of other alphabets as `xn--…`.
  package struct Host: Hashable, Sendable {
    fileprivate let name: String
    fileprivate let port: Int?
    fileprivate let isBelow: Bool

    /// The host that `text` names; nil when it names none.
    package init?(_ text: String) {
      guard !text.isEmpty, text.utf8.count <= 262 else { return nil }
      let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      isBelow = parts[0].hasPrefix("*.")
      name = String(isBelow ? parts[0].dropFirst(2) : parts[0])
      let bytes = Array(name.utf8)
      guard let form = HostName.form(of: bytes), !bytes.contains(where: ASCII.isUppercase) else { return nil }
      // What is below an address, or below everything that somebody can register, is no host of anybody's.
      guard !isBelow || form == .name && bytes.contains(0x2E) else { return nil }
      guard parts.count == 2 else {
        port = nil
        return
      }
      guard let number = HostName.port(Array(parts[1].utf8)) else { return nil }
      port = number
    }
  }

  private var hosts: Set<Host> = []

  /// No hosts.
  package init() {}

  /// Adds a host; false when it is there already.
  package mutating func insert(_ host: Host) -> Bool { hosts.insert(host).inserted }

  /// Whether it has the host `name`, asked for at `port` where the address says one.
  ///
  /// A host without a port is one that is asked for without.
  func contains(_ name: [UInt8], port: Int?) -> Bool {
    guard !hosts.isEmpty, HostName.form(of: name) != nil else { return false }
    let name = String(decoding: name.map(ASCII.lowercased), as: UTF8.self)
    return hosts.contains { host in
      host.port == port && (host.isBelow ? name.hasSuffix("." + host.name) : name == host.name)
    }
  }
}

/// How hosts are written, as those who keep to the letter write them.
enum HostName {
  enum Form { case name, address }

  /// What `text` is: labels of letters, digits and hyphens with dots between, or four numbers; nil when it is neither.
  static func form(of text: [UInt8]) -> Form? {
    guard (1...253).contains(text.count) else { return nil }
    let labels = text.split(separator: 0x2E, omittingEmptySubsequences: false)
    for label in labels {
      guard (1...63).contains(label.count), label.first != 0x2D, label.last != 0x2D,
        label.allSatisfy({ ASCII.isAlphanumeric($0) || $0 == 0x2D })
      else { return nil }
    }
    // Programs read a name whose last label is a number as an address, in forms that differ.
    guard let last = labels.last, isNumber(last) else { return .name }
    let isAddress =
      labels.count == 4
      && labels.allSatisfy { label in
        label.allSatisfy(ASCII.isDigit) && (label.count == 1 || label.first != 0x30)
          && (Int(String(decoding: label, as: UTF8.self)) ?? 256) < 256
      }
    return isAddress ? .address : nil
  }

  /// The port that digits name.
  static func port(_ digits: [UInt8]) -> Int? {
    guard (1...5).contains(digits.count), digits.allSatisfy(ASCII.isDigit), digits[0] != 0x30,
      let number = Int(String(decoding: digits, as: UTF8.self)), number <= 65_535
    else { return nil }
    return number
  }

  /// Whether a program may take a label for a number: digits, or hexadecimal ones behind `0x`.
  static func isNumber(_ label: some Collection<UInt8>) -> Bool {
    if label.allSatisfy(ASCII.isDigit) { return true }
    return label.count > 1 && label.first == 0x30 && (label.dropFirst().first ?? 0) | 0x20 == 0x78
      && label.dropFirst(2).allSatisfy(ASCII.isHexDigit)
  }
}
