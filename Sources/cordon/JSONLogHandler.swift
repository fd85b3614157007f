import ArgumentParser
import Bytes
import Gateway
import Logging
import struct Ledger.Timestamp

/// How lines for operators are written.
enum LogFormat: String, CaseIterable, ExpressibleByArgument {
  case text, json
}

/// Writes each line for operators as one JSON object.
struct JSONLogHandler: LogHandler {
  let now: @Sendable () -> Int64
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.notice

  init(now: @escaping @Sendable () -> Int64) { self.now = now }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var members = [
      JSONMember("time", .string(Timestamp(milliseconds: now()).description)),
      JSONMember("level", .string(event.level.rawValue)), JSONMember("message", .string("\(event.message)")),
    ]
    let all = metadata.merging(event.metadata ?? [:]) { $1 }
    for (name, value) in all.sorted(by: { $0.key < $1.key }) where !members.contains(where: { $0.name == name }) {
      members.append(JSONMember(name, .string("\(value)")))
    }
    StandardError.line(String(decoding: JSONValue.object(members).bytes, as: UTF8.self))
  }
}
