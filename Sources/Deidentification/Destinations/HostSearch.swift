internal import Bytes

/// Looks through one text for whatever a program may take for a host, and asks of each whether it is listed.
///
/// Written to the letter, and so open to one reading only, must be what is listed; anything else is not. A dotted name
/// counts wherever it stands, but in the path of a listed host and where its last label is the ending of a file.
struct HostSearch {
  /// Whether a listed host has been found.
  private(set) var hasListedHost = false
  private let text: [UInt8]
  private let hosts: HostList
  /// Whether it is the name of a member.
  private let isName: Bool
  private var place = 0
  /// Whether the place is in the path of a listed host.
  private var isInPath = false
  private var isInQuery = false

  init(_ text: [UInt8], isName: Bool, only hosts: HostList) {
    self.text = text
    self.isName = isName
    self.hosts = hosts
  }

  /// Whether all that is found is listed.
  mutating func admits() -> Bool {
    while place < text.count {
      let byte = text[place]
      if byte == 0x3F { isInQuery = true }
      if Self.endsPath(byte) || byte == 0x26 && !isInQuery { isInPath = false }
      let isAdmitted =
        switch byte {
        case 0x2F, 0x5C: admitsSlash()
        case 0x40: admitsAt()
        case 0x3A: admitsColon()
        default: Self.isNamePart(byte) ? admitsName() : admitsMark()
        }
      guard isAdmitted else { return false }
    }
    return !NetworkCommand.isOne(text, isName: isName, toListedHost: hasListedHost)
  }

  /// Whether the whole text, which should name a host, names a listed one, or only a path.
  mutating func isListedHost() -> Bool {
    let name = text.trimmingSpaces()
    guard let first = name.first else { return true }
    // Those who read addresses leave line ends and tabs out: two slashes can be made of a path's.
    if first == 0x2F || first == 0x3F || first == 0x23 { return !name.contains(where: ASCII.isControl) }
    let authority = name.prefix { $0 != 0x2F && $0 != 0x3F && $0 != 0x23 && $0 != 0x5C }
    // What is behind the scheme has been asked where it stands.
    let rest = name[authority.endIndex...]
    if authority.last == 0x3A, rest.starts(with: [0x2F, 0x2F]) {
      return Self.isWebScheme(before: authority.endIndex - 1, in: text)
        && authority.dropLast().allSatisfy(ASCII.isLetter)
    }
    guard let (host, port) = Self.split(Array(authority)) else { return false }
    return isListed(host, port: port)
  }

  private mutating func isListed(_ host: [UInt8], port: Int?) -> Bool {
    guard hosts.contains(host, port: port) else { return false }
    hasListedHost = true
    return true
  }

  private func byte(_ place: Int) -> UInt8? { text.indices.contains(place) ? text[place] : nil }

  private mutating func admitsMark() -> Bool {
    place += 1
    return true
  }

  /// `//` begins an authority, whatever is before it; so do backslashes, for some, but where they are escapes in a word.
  private mutating func admitsSlash() -> Bool {
    let isColonBefore = place > 0 && text[place - 1] == 0x3A
    guard let second = byte(place + 1), second == 0x2F || second == 0x5C else { return admitsMark() }
    guard text[place] == 0x2F, second == 0x2F else { return admitsBackslash(before: second) }
    let start = place + 2
    if !isColonBefore, byte(start).map(ASCII.isSpace) ?? true {
      place = start
      return true
    }
    guard !isColonBefore || Self.isWebScheme(before: place - 1, in: text) else { return false }
    return admitsHost(from: start)
  }

  /// Backslashes before a name begin an authority; elsewhere they are escapes.
  private mutating func admitsBackslash(before second: UInt8) -> Bool {
    guard text[place] == 0x5C else { return false }
    let isInWord = place > 0 && Self.isNamePart(text[place - 1])
    if second == 0x2F {
      let third = byte(place + 2)
      place += 1
      return isInWord || third != 0x2F && third != 0x5C
    }
    while byte(place) == 0x5C { place += 1 }
    return isInWord || !(byte(place).map(Self.isNamePart) ?? false)
  }

  /// Takes a host with its port, which must be listed, and behind which nothing may stand that another reads as part of it.
  private mutating func admitsHost(from start: Int) -> Bool {
    var end = start
    while let byte = byte(end), ASCII.isAlphanumeric(byte) || byte == 0x2D || byte == 0x2E || byte == 0x3A { end += 1 }
    var written = text[start..<end]
    // The end of a sentence, or of a clause.
    while let last = written.last, last == 0x2E || last == 0x3A, byte(end).map(ASCII.isSpace) ?? true {
      written.removeLast()
    }
    guard isEnd(end), let (host, port) = Self.split(Array(written)), isListed(host, port: port) else { return false }
    begin(pathAt: end)
    return true
  }

  private mutating func begin(pathAt end: Int) {
    place = end
    isInPath = byte(end) == 0x2F || byte(end) == 0x3F || byte(end) == 0x23
    isInQuery = false
  }

  /// Whether a path, which may be a query, and a list of addresses, has another begin behind `byte`.
  private static func endsPath(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x22, 0x27...0x29, 0x2C, 0x3B, 0x3C, 0x3E, 0x5B...0x5E, 0x60, 0x7B...0x7D: true
    default: ASCII.isSpace(byte)
    }
  }

  /// Line ends and tabs are left out of addresses by those who read them: what comes behind would be part of the host.
  private func isEnd(_ place: Int) -> Bool {
    switch byte(place) {
    case nil, 0x20, 0x2F, 0x3F, 0x23, 0x22, 0x27, 0x29, 0x5D, 0x7D, 0x3E, 0x2C, 0x3B: true
    default: false
    }
  }

  /// A host and its port, where one is written.
  private static func split(_ authority: [UInt8]) -> (host: [UInt8], port: Int?)? {
    guard let colon = authority.firstIndex(of: 0x3A) else { return (authority, nil) }
    guard let port = HostName.port(Array(authority[(colon + 1)...])) else { return nil }
    return (Array(authority[..<colon]), port)
  }

  /// Behind an `@` is a host, unless a name stands there that is called by it.
  private mutating func admitsAt() -> Bool {
    let before = place == 0 ? 0x20 : text[place - 1]
    let start = place + 1
    guard let next = byte(start), Self.isNamePart(next) || next == 0x5B || next == 0x2E || next == 0x25 else {
      return admitsMark()
    }
    switch before {
    case 0x09, 0x0A, 0x0D, 0x20, 0x28, 0x5B, 0x7B, 0x22, 0x27, 0x2C, 0x3A, 0x3D, 0x3C: return admitsMark()
    default: return admitsHost(from: start)
    }
  }

  /// A scheme's colon, with something behind it that is no space: where it goes, nobody can say.
  private mutating func admitsColon() -> Bool {
    defer { place += 1 }
    if let next = byte(place + 1), ASCII.isSpace(next) { return true }
    if isColonedAddress() { return false }
    guard Self.isScheme(before: place, in: text) else { return true }
    // The hosts of letters are asked about at their `@`.
    if Self.word(before: place, in: text) == "mailto" { return byte(place + 1) != nil }
    return Self.isWebScheme(before: place, in: text) && byte(place + 1) == 0x2F && byte(place + 2) == 0x2F
  }

  /// Whether this stands in an address of IPv6, which has a `::` or seven colons, or six before one of IPv4.
  private func isColonedAddress() -> Bool {
    let isPart = { (place: Int) in byte(place).map { ASCII.isHexDigit($0) || $0 == 0x3A } ?? false }
    var (start, end) = (place, place)
    // The longest has 39 characters.
    while start > max(0, place - 40), isPart(start - 1) { start -= 1 }
    while end < place + 40, isPart(end) { end += 1 }
    let run = text[start..<end]
    if run.count(where: { $0 == 0x3A }) > 5, run.contains(where: ASCII.isHexDigit) { return true }
    guard byte(place + 1) == 0x3A else { return false }
    let isAlone = !(start > 0 && Self.isNamePart(text[start - 1])) && !(byte(end).map(Self.isNamePart) ?? false)
    return isAlone && run.contains(where: ASCII.isHexDigit)
  }

  /// A run of letters, digits, hyphens and dots, which is a host when it has the form of one.
  private mutating func admitsName() -> Bool {
    let start = place
    while let byte = byte(place), Self.isNamePart(byte) || byte == 0x2E { place += 1 }
    // A path is written in ASCII: other letters can be what others take for its end.
    if isInPath, !text[start..<place].contains(where: { $0 >= 0x80 }) { return true }
    isInPath = false
    var rest = text[start..<place]
    while !rest.isEmpty {
      // Two dots are in no name.
      let dots = rest.indices.dropLast().first { rest[$0] == 0x2E && rest[$0 + 1] == 0x2E } ?? rest.endIndex
      let name = Array(rest[..<dots].trimmingMarks())
      rest = rest[dots...].drop { $0 == 0x2E }
      guard DottedName.isHost(name) else { continue }
      guard rest.isEmpty, admitsBare(name) else { return false }
    }
    return true
  }

  private mutating func admitsBare(_ name: [UInt8]) -> Bool {
    var end = place
    var port: Int?
    if byte(end) == 0x3A, let next = byte(end + 1), ASCII.isDigit(next) {
      end += 1
      let digits = text[end...].prefix(while: ASCII.isDigit)
      end = digits.endIndex
      guard let number = HostName.port(Array(digits)) else { return false }
      port = number
    }
    // Before an `@`, it is the name of a mailbox.
    if byte(end) == 0x40 { return true }
    guard isEnd(end) || byte(end) == 0x3A && (byte(end + 1).map(ASCII.isSpace) ?? true) else { return false }
    guard isListed(name, port: port) else { return false }
    begin(pathAt: end)
    return true
  }

  private static func isNamePart(_ byte: UInt8) -> Bool { ASCII.isWord(byte) || byte == 0x2D || byte >= 0x80 }

  private static func word(before place: Int, in text: [UInt8]) -> String {
    let letters = text[..<place].reversed().prefix { ASCII.isLetter($0) }.prefix(16)
    return String(decoding: letters.reversed().map(ASCII.lowercased), as: UTF8.self)
  }

  private static func isScheme(before place: Int, in text: [UInt8]) -> Bool {
    schemes.contains(word(before: place, in: text))
  }

  private static func isWebScheme(before place: Int, in text: [UInt8]) -> Bool {
    let scheme = word(before: place, in: text)
    let start = place - scheme.utf8.count
    let isAlone = start == 0 || !(isNamePart(text[start - 1]) || text[start - 1] == 0x2B || text[start - 1] == 0x2E)
    return isAlone && ["http", "https", "ws", "wss"].contains(scheme)
  }

  private static let schemes: Set<String> = [
    "http", "https", "ftp", "ftps", "sftp", "ws", "wss", "file", "mailto", "sms", "tel", "sip", "sips", "xmpp",
    "vbscript", "intent", "magnet", "blob", "javascript", "data", "jar", "ldap", "smb", "ssh", "git",
  ]
}

extension Collection where SubSequence == ArraySlice<UInt8>, Element == UInt8 {
  fileprivate func trimmingSpaces() -> ArraySlice<UInt8> {
    var rest = drop(while: ASCII.isSpace)
    while let last = rest.last, ASCII.isSpace(last) { rest.removeLast() }
    return rest
  }

  /// Without the dots of a sentence and the marks of emphasis around it.
  fileprivate func trimmingMarks() -> ArraySlice<UInt8> {
    var rest = drop { $0 == 0x2E || $0 == 0x5F }
    while rest.last == 0x2E || rest.last == 0x5F { rest.removeLast() }
    return rest
  }
}
