internal import Bytes

/// Knows commands that go out to a network, whose hosts may be written in ways that no search of a text can follow.
enum NetworkCommand {
  /// Whether `text` is one that may go to another host than the listed one in it, if one is.
  static func isOne(_ text: [UInt8], isName: Bool, toListedHost: Bool) -> Bool {
    let text = text.map(ASCII.lowercased)
    guard namesProgram(text, isName: isName) else { return false }
    // A shell puts hosts together from anything, and programs read numbers as addresses.
    return !toListedHost || text.contains { marks.contains($0) } || hasNumber(text.filter { !quotes.contains($0) })
  }

  /// Whether a number is in it, in whatever word, that can be an address: long, hexadecimal, or with one or two dots.
  private static func hasNumber(_ text: [UInt8]) -> Bool {
    var place = 0
    while place < text.count {
      guard ASCII.isDigit(text[place]) else {
        place += 1
        continue
      }
      let number = text[place...].prefix { ASCII.isDigit($0) || $0 == 0x2E }
      place = number.endIndex
      if number.last == 0x30, place < text.count, text[place] == 0x78 { return true }
      let parts = number.split(separator: 0x2E)
      if parts.count == 2 || parts.count == 3 || parts.contains(where: { $0.count > 5 }) { return true }
    }
    return false
  }

  private static func namesProgram(_ text: [UInt8], isName: Bool) -> Bool {
    var place = 0
    var isAtBeginning = true
    while place < text.count {
      let start = place
      while place < text.count, ASCII.isWord(text[place]) || text[place] == 0x2D { place += 1 }
      if place > start {
        let isNamed = lengths.contains(place - start)
        let word = isNamed ? String(decoding: text[start..<place], as: UTF8.self) : ""
        if programs.contains(word) { return true }
        if isAtBeginning, words.contains(word), endsWord(text, at: place, canBeLast: !isName && !word.hasPrefix("http"))
        {
          return true
        }
        isAtBeginning = starters.contains(word)
      }
      guard place < text.count else { break }
      // What is between a command and the one before it, the folder of a program, and a variable that is set.
      if beginnings.contains(text[place]) { isAtBeginning = true }
      place += 1
    }
    return false
  }

  private static func endsWord(_ text: [UInt8], at place: Int, canBeLast: Bool) -> Bool {
    guard place < text.count else { return canBeLast }
    return ASCII.isSpace(text[place]) || text[place...].starts(with: ".exe".utf8)
  }

  private static let lengths = 2...18
  private static let marks = Set("$`(){}\\;|&<>*^\n\r".utf8)
  private static let quotes = Set("'\"".utf8)
  private static let beginnings = Set("$`(){};|&/\\=\n\r".utf8)

  private static let programs: Set<String> = [
    "curl", "wget", "nc", "ncat", "netcat", "socat", "telnet", "ssh", "scp", "sftp", "rsync", "ftp", "tftp", "nslookup",
    // `/dev/tcp/host/port` of a shell.
    "tcp", "udp", "lynx", "aria2c", "sendmail", "bitsadmin", "certutil", "iwr", "irm", "invoke-webrequest",
    "invoke-restmethod", "start-bitstransfer", "resolve-dnsname", "test-netconnection", "drill", "kdig", "w3m",
    "elinks", "openssl", "xh", "xhs", "httpie", "ping6", "traceroute",
  ]

  /// Those that are words of other texts, too, and programs only at the beginning of a command.
  private static let words: Set<String> = ["dig", "host", "http", "https", "links", "ping"]

  /// Programs that begin another.
  private static let starters: Set<String> = [
    "sudo", "doas", "env", "exec", "xargs", "time", "nohup", "command", "then", "do",
  ]
}
