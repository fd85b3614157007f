import Foundation
import Ledger
import TestKit
import Testing

struct ExportFileTests {
  private let folder: TemporaryFolder
  private var path: String { "\(folder.path)/log.ndjson" }

  init() throws { folder = try TemporaryFolder() }

  private func append(_ lines: String...) throws {
    try ExportFile(path).append(lines.map { Array("\($0)\n".utf8) })
  }

  private var text: String { get throws { try String(contentsOfFile: path, encoding: .utf8) } }

  @Test func `appends lines to what is there`() throws {
    try append("one", "two")
    try append("three")
    #expect(try text == "one\ntwo\nthree\n")
  }

  @Test(arguments: ["", "one\n", "one\ntwo\n", String(repeating: "x", count: 70_000) + "\n"])
  func `cuts off what was left of a line`(_ whole: String) throws {
    for torn in ["", "t", String(repeating: "t", count: 65_535), String(repeating: "t", count: 140_000)] {
      try Data((whole + torn).utf8).write(to: URL(filePath: path))
      try append("three")
      #expect(try text == whole + "three\n")
    }
  }

  @Test func `begins anew where the file was moved away`() throws {
    try append("one")
    try FileManager.default.moveItem(atPath: path, toPath: "\(path).1")
    try append("two")
    #expect(try text == "two\n")
  }

  @Test func `says that there is no folder for it`() {
    #expect(throws: LedgerError(.system(.open), number: 2)) { try ExportFile("\(folder.path)/no/log").append([[0x0A]]) }
  }
}

struct SyslogReceiverTests {
  @Test(
    arguments: [
      ("syslog+tls://audit.example", "tls audit.example 6514"), ("syslog+tcp://10.0.0.1", "tcp 10.0.0.1 601"),
      ("syslog+udp://[::1]", "udp ::1 514"), ("syslog+tls://[2001:db8::1]:7000", "tls 2001:db8::1 7000"),
      ("syslog+tcp://a:1", "tcp a 1"), ("http://a:1", nil), ("syslog+tls://", nil), ("syslog+tls://:1", nil),
      ("syslog+tls://a:0", nil), ("syslog+tls://a:65536", nil), ("syslog+tls://a:b", nil), ("syslog+tls://[::1", nil),
      ("syslog+tls://[::1]x", nil), ("syslog+tls://user@a:1", nil), ("syslog+tls://a/b", nil),
    ] as [(String, String?)])
  func `reads the addresses of receivers and nothing else`(_ text: String, _ expected: String?) {
    #expect(SyslogReceiver(text).map { "\($0.transport) \($0.host) \($0.port)" } == expected)
  }
}
