import Ciphers
import TestKit
import Testing
import Vault

struct NewSubjectsTests {
  private let bench: TestVault

  init() throws { bench = try TestVault() }

  @Test func `a caller has no more new subjects made than it may, and as many again in a day`() async throws {
    var settings = Vault.Settings()
    settings.newSubjectsPerDay = 4
    let use = try await bench.create(settings).use
    func make(_ number: Int, for caller: String?) async -> VaultError? {
      await failure {
        let subject = SubjectReference(.patient, "\(caller ?? "house") \(number)")
        _ = try await use.withSubject(subject, create: true, for: caller) { _ in }
      }
    }
    let refused = VaultError(.tooManySubjects)
    for number in 0..<4 { #expect(await make(number, for: "ward") == nil) }
    #expect(await make(4, for: "ward") == refused)
    // Those who are known go on, and so do others.
    #expect(await make(0, for: "ward") == nil)
    #expect(await make(0, for: "clinic") == nil)
    for number in 0..<9 { #expect(await make(number, for: nil) == nil) }
    bench.pass(milliseconds: Moment.day / 4)
    #expect(await make(4, for: "ward") == nil)
    #expect(await make(5, for: "ward") == refused)
    bench.pass(days: 30)
    for number in 5..<9 { #expect(await make(number, for: "ward") == nil) }
    #expect(await make(9, for: "ward") == refused)
    // A clock that goes back gives nobody more, and locks nobody out for longer than a day.
    bench.pass(days: -20)
    #expect(await make(9, for: "ward") == refused)
    bench.pass(days: 1)
    #expect(await make(9, for: "ward") == nil)
  }
}
