import Ciphers
import Foundation
import Testing

struct KnownAnswersTests {
  @Test(arguments: KnownAnswers.all.map(\.name)) func `gives the published answer`(_ name: String) {
    #expect(KnownAnswers.all.first { $0.name == name }?.passes() == true)
  }

  @Test func `names the first primitive that does not`() {
    #expect(KnownAnswers.firstFailure() == nil)
    let tests = KnownAnswers.all + [.init("broken") { false }, .init("broken too") { false }]
    #expect(KnownAnswers.firstFailure(of: tests) == "broken")
  }

  @Test func `names the version of the library that is built in, and no certificate`() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let resolved = try String(contentsOf: root.appending(path: "Package.resolved"), encoding: .utf8)
    let pin = try #require(resolved.range(of: "\"identity\" : \"swift-crypto\""))
    let rest = resolved[pin.upperBound...]
    let version = try #require(rest.range(of: "\"version\" : \""))
    #expect(rest[version.upperBound...].prefix { $0 != "\"" } == CryptographicModule.version)
    #expect(CryptographicModule.certificate == nil)
  }
}
