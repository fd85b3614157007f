import Foundation

/// A PostgreSQL server of a test's own, started by `Scripts/postgresql` and stopped with its last reference.
public final class PostgreSQLServer: Sendable {
  /// Whether there is one to start.
  public static let isInstalled = FileManager.default.fileExists(atPath: "/usr/lib/postgresql")

  /// Where it listens, as libpq has it.
  public let address: String
  // The path of a socket may have 107 bytes.
  private let folder = "/tmp/cordon-pg-\(UUID().uuidString.prefix(8))"

  /// Starts a server.
  public init() throws {
    address = try PostgreSQLServer.run("start", folder).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  deinit { _ = try? PostgreSQLServer.run("stop", folder) }

  private static func run(_ words: String...) throws -> String {
    struct Failed: Error {}
    var folder = URL(filePath: #filePath)
    while !FileManager.default.fileExists(atPath: folder.appending(path: "Scripts/postgresql").path) {
      guard folder.path != "/" else { throw Failed() }
      folder.deleteLastPathComponent()
    }
    let ending = try ChildProcess.run(folder.appending(path: "Scripts/postgresql").path, words)
    guard ending.status == 0 else { throw Failed() }
    return ending.text
  }
}
