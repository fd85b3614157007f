import Ciphers
import Gateway
import Testing
import Vault

/// What a gateway knows of how the register stands against the log.
struct RegisterWatchTests {
  private struct Unread: Error {}

  private static func gap(_ said: String...) -> RegisterGap {
    let patients = said.map {
      RegisterGap.Patient(tag: Digest(hashing: Array($0.utf8).span), isGone: false, said: [$0])
    }
    return RegisterGap(patients: patients, restored: [], began: [:], reached: [:])
  }

  /// Whether the logs are read again by who asks after a comparison failed.
  private func comparesAgain(_ watch: RegisterWatch, after error: any Error) async -> Bool {
    await #expect(throws: (any Error).self) { try await watch.found { throw error } }
    _ = try? await watch.found { Self.gap() }
    return watch.gap != nil
  }

  @Test func `logs that could not be read are not read again at once`() async {
    #expect(await !comparesAgain(RegisterWatch(pause: .seconds(86_400)), after: Unread()))
    #expect(await comparesAgain(RegisterWatch(pause: .zero), after: Unread()))
    // Of a vault that was locked no log was read.
    #expect(await comparesAgain(RegisterWatch(pause: .seconds(86_400)), after: VaultError(.locked)))
  }

  @Test func `what is found for the first time is counted, so that what runs is looked at again`() async throws {
    let watch = RegisterWatch()
    _ = try await watch.found { Self.gap() }
    #expect(watch.number == 0)
    _ = try await watch.found { Self.gap("one") }
    #expect(watch.number == 1 && watch.gap?.patients.count == 1)
    _ = try await watch.found { Self.gap("one") }
    #expect(watch.number == 1)
    _ = try await watch.found { Self.gap("one", "two") }
    #expect(watch.number == 2)
  }

  @Test func `what was found is known no more when it cannot be found again, and again when it can`() async throws {
    let watch = RegisterWatch(pause: .zero)
    _ = try await watch.found { Self.gap() }
    #expect(watch.gap != nil && watch.number == 0)
    // Of a vault that was locked no log was read.
    await #expect(throws: VaultError.self) { try await watch.found { throw VaultError(.locked) } }
    #expect(watch.gap != nil && watch.number == 0)
    for _ in 1...2 {
      await #expect(throws: Unread.self) { try await watch.found { throw Unread() } }
      #expect(watch.gap == nil && watch.number == 1)
    }
    _ = try await watch.found {
      // While it is compared anew nobody knows yet.
      #expect(watch.gap == nil)
      return Self.gap()
    }
    #expect(watch.gap != nil && watch.number == 2)
  }
}
