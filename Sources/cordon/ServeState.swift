import struct Foundation.Data
import class Foundation.JSONDecoder
import class Foundation.JSONEncoder
import struct Foundation.URL
import Glibc

/// What a running gateway leaves in its data folder for `cordon reload`: which process it is, and what it last read.
struct ServeState: Codable {
  var process = getpid()
  /// How often the configuration was read since the start.
  var loads = 0
  /// The configuration in force.
  var configuration = ""
  /// Why the last one was refused; nil when it was not.
  var refused: String?
  /// Whether it was started with approved algorithms only: what else is done with its data has to know, too.
  var allowsApprovedOnly: Bool?
  /// What of the one in force grants nothing any more.
  var dead: [String]?
  /// What of the last one needs a restart.
  var fixed: [String] = []

  static func read(in folder: String) -> ServeState? {
    TextFile.contents(of: path(in: folder)).flatMap { try? JSONDecoder().decode(ServeState.self, from: Data($0)) }
  }

  func write(in folder: String) {
    guard let bytes = try? JSONEncoder().encode(self) else { return }
    try? bytes.write(to: URL(filePath: Self.path(in: folder)), options: .atomic)
  }

  private static func path(in folder: String) -> String { "\(folder)/serve.state" }
}
