import TestKit
import Testing
import Vault

struct LocalBehaviourTests {
  @Test(arguments: ProviderBehaviour.allCases)
  func `behaves as every provider does`(_ behaviour: ProviderBehaviour) async throws {
    let folder = try TemporaryFolder()
    let passphrase = PassphraseSource { () throws(VaultError) in Array("a passphrase".utf8) }
    let cheap = try #require(Argon2Parameters(memory: 8, passes: 1, lanes: 1))
    let provider = try LocalProvider.create(folder: folder.path, passphrase: passphrase, parameters: cheap)
    // A root key of the local provider also signs, by a key derived from it: its signatures have tests of their own.
    try await behaviour.check(ProviderBench(provider: provider, freshKey: { .root }))
  }
}
