import Foundation
import Policy
import Testing

struct ConformanceTests {
  /// Where the conformance suite of the Cedar project is: its folder can be named by the environment.
  private static let suite =
    ProcessInfo.processInfo.environment["CORDON_CEDAR_SUITE"].map { URL(filePath: $0) }
    ?? SourceTree.root.appending(path: "../shared/cedar").standardizedFileURL

  private static let hasSuite = FileManager.default.fileExists(atPath: suite.path)

  @Test func `agrees with the project's own cases, several policies each`() throws {
    let outcome = try run(SourceTree.root.appending(path: "Tests/PolicyTests/Cases"))
    #expect(outcome.differences == [])
    #expect(outcome.tests == 60)
    #expect(outcome.requests == 1_200)
  }

  @Test(.enabled(if: hasSuite, "skipped: there is no conformance suite of the Cedar project here"))
  func `agrees with the conformance suite of the Cedar project`() throws {
    let written = try run(ConformanceTests.suite)
    #expect(written.differences == [])
    #expect(written.tests > 0)
    for case let name as String in FileManager.default.enumerator(atPath: ConformanceTests.suite.path) ?? .init()
    where name.hasSuffix(".tar.gz") {
      let folder = FileManager.default.temporaryDirectory.appending(path: "cedar-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      let unpacking = try Process.run(
        URL(filePath: "/usr/bin/env"),
        arguments: ["tar", "-xzf", ConformanceTests.suite.appending(path: name).path, "-C", folder.path])
      unpacking.waitUntilExit()
      let generated = try run(folder)
      #expect(generated.differences == [])
      #expect(generated.tests > 0)
    }
  }

  private struct Tally {
    var tests = 0
    var requests = 0
    var differences: [String] = []
  }

  private func run(_ folder: URL) throws -> Tally {
    var tally = Tally()
    var contents: [String: [UInt8]] = [:]
    func file(_ path: String) throws -> [UInt8] {
      if let known = contents[path] { return known }
      let read = Array(try Data(contentsOf: folder.appending(path: path)))
      contents[path] = read
      return read
    }
    for case let path as String in FileManager.default.enumerator(atPath: folder.path) ?? .init()
    where path.hasSuffix(".json") {
      guard let test = ConformanceTest(Array(try Data(contentsOf: folder.appending(path: path)))) else { continue }
      let outcome = try test.run(
        policies: file(test.files.policies), entities: file(test.files.entities), schema: file(test.files.schema))
      tally.tests += 1
      tally.requests += outcome.requests
      tally.differences += outcome.differences.map { "\(path): \($0)" }
    }
    return tally
  }
}
