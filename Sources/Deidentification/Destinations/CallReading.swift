internal import Bytes

/// Reads what a tool is told to do for every host that it may go to.
///
/// Each string and name of JSON is read by itself, JSON in a string too; then as it stands, and with its percents, escapes
/// and references decoded. A text says too little about where a program goes: what is in doubt is no call to a listed host.
struct CallReading {
  private let hosts: HostList
  /// Whether a string is the name of a scheme and nothing else: the rest of the address may stand in others.
  private var hasScheme = false
  private var hasListedHost = false

  private static let depthLimit = 8
  private static let decodingLimit = 4

  private init(_ hosts: HostList) { self.hosts = hosts }

  /// Whether a call says of no host but `hosts` that it goes there.
  static func admits(_ call: [UInt8], isJSON: Bool, only hosts: HostList) -> Bool {
    var reading = CallReading(hosts)
    let isAdmitted = isJSON ? reading.admits(json: call, depth: 0) : reading.admits(string: call, depth: 0)
    return isAdmitted && (!reading.hasScheme || reading.hasListedHost)
  }

  /// The same of JSON, with all of `texts(string)` in the place of each string and name of it.
  static func admits(
    json call: [UInt8], only hosts: HostList, reading texts: ([UInt8]) -> [[UInt8]]
  ) -> Bool {
    guard let strings = CallString.all(in: call) else {
      _ = texts(call)
      return false
    }
    var reading = CallReading(hosts)
    var isAdmitted = true
    for string in strings {
      for text in texts(string.text) where isAdmitted {
        isAdmitted = reading.admits(string: text, namesHost: string.namesHost, isName: string.isName, depth: 0)
      }
    }
    return isAdmitted && (!reading.hasScheme || reading.hasListedHost)
  }

  /// What is not the JSON that it should be is read by nobody knows whom, in nobody knows which way.
  private mutating func admits(json text: [UInt8], depth: Int) -> Bool {
    guard depth < Self.depthLimit, let strings = CallString.all(in: text) else { return false }
    for string in strings {
      guard admits(string: string.text, namesHost: string.namesHost, isName: string.isName, depth: depth) else {
        return false
      }
    }
    return true
  }

  private mutating func admits(
    string text: [UInt8], namesHost: Bool = false, isName: Bool = false, depth: Int
  ) -> Bool {
    let first = text.first { !ASCII.isSpace($0) }
    if first == 0x7B || first == 0x5B || first == 0x22, CallString.all(in: text) != nil {
      guard admits(json: text, depth: depth + 1) else { return false }
    }
    var text = FoldedText.folding(text)
    for _ in 0..<Self.decodingLimit {
      var search = HostSearch(text, isName: isName, only: hosts)
      guard search.admits(), !namesHost || search.isListedHost() else { return false }
      if search.hasListedHost { hasListedHost = true }
      if Self.schemes.contains(text.map(ASCII.lowercased)) { hasScheme = true }
      let decoded = FoldedText.decoding(text)
      if decoded == text { return true }
      text = decoded
    }
    return false
  }

  private static let schemes = Set(["http", "https", "ftp", "ftps", "sftp", "ws", "wss"].map { Array($0.utf8) })
}

extension HostList {
  /// How long a call may be that is read.
  package static let longestCall = 1 << 20

  /// Whether a call, which is JSON or any text, says of no other host that it goes there.
  package func admits(_ call: [UInt8], isJSON: Bool) -> Bool {
    call.count <= HostList.longestCall && CallReading.admits(call, isJSON: isJSON, only: self)
  }

  /// The same of JSON, with all of `texts(string)` in the place of each string and name of it; each is asked about.
  package func admits(json call: [UInt8], reading texts: ([UInt8]) -> [[UInt8]]) -> Bool {
    CallReading.admits(json: call, only: self, reading: texts) && call.count <= HostList.longestCall
  }
}

/// A string, a name or a number of a call.
private struct CallString {
  var text: [UInt8]
  /// Whether it stands under a name such as `host` or `callbackUrl`.
  var namesHost: Bool
  /// Whether it is the name of a member.
  var isName = false

  /// Those of a JSON text; nil when it is none.
  static func all(in source: [UInt8]) -> [CallString]? {
    var strings: [CallString] = []
    do throws(JSONError) {
      var cursor = try JSONCursor(source.span)
      var outer: [Bool] = []
      var namesHost = false
      while let token = try cursor.next(in: source.span) {
        switch token.kind {
        case .beginObject, .beginArray: outer.append(namesHost)
        case .endObject, .endArray: namesHost = outer.removeLast()
        case .name:
          let name = text(token, source)
          strings.append(CallString(text: name, namesHost: false, isName: true))
          namesHost = outer.last == true || self.namesHost(name)
        case .string: strings.append(CallString(text: text(token, source), namesHost: namesHost))
        case .number:
          if namesHost { strings.append(CallString(text: Array(source[token.range]), namesHost: true)) }
        case .true, .false, .null: break
        }
      }
    } catch {
      return nil
    }
    return strings
  }

  private static func text(_ token: JSONToken, _ source: [UInt8]) -> [UInt8] {
    guard token.isEscaped else { return Array(source[token.range]) }
    var text: [UInt8] = []
    _ = JSONString.unescape(source.span.extracting(token.range), into: &text)
    return text
  }

  /// Whether a name's last word says that its value is a host or an address of one.
  private static func namesHost(_ name: [UInt8]) -> Bool {
    var words: [[UInt8]] = []
    var isAfterLowercase = false
    for byte in name {
      if !ASCII.isLetter(byte) {
        words.append([])
        isAfterLowercase = false
        continue
      }
      if words.isEmpty || isAfterLowercase && ASCII.isUppercase(byte) { words.append([]) }
      words[words.count - 1].append(ASCII.lowercased(byte))
      isAfterLowercase = ASCII.isLowercase(byte)
    }
    var last = words.filter { !$0.isEmpty }.map { String(decoding: $0, as: UTF8.self) }
    if let word = last.last, ["name", "address", "addr"].contains(word) { last.removeLast() }
    guard var word = last.last else { return false }
    if word.hasSuffix("s") { word.removeLast() }
    return hostWords.contains(word)
  }

  private static let hostWords: Set<String> = [
    "host", "hostname", "ip", "ipaddres", "url", "uri", "href", "endpoint", "server", "domain", "webhook", "callback",
    "proxy", "origin",
  ]
}
