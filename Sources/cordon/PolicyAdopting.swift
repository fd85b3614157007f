import Ciphers
import Gateway
import Policy
import Vault

/// What the commands share by which two people adopt a set of policies.
enum PolicyAdopting {
  /// What it means to adopt the set of a hash now, where it is one that the gateway would take.
  static func succession(to object: String, _ vault: Vault, _ place: VaultPlace) async throws -> PolicySuccession {
    guard let digest = Digest(hexadecimal: object) else {
      throw CommandFailure(.noInput, "`\(object)` is not the hash of a set: see `cordon policy propose`")
    }
    return try await saying {
      let succession = try await PolicySuccession(to: digest, data: place.data, vault)
      if let configuration = place.configuration { _ = try PolicyInForce(succession.text, for: configuration) }
      return succession
    }
  }

  /// The same of a proposal, where that says no more and no less.
  static func succession(
    of proposal: Proposal, _ vault: Vault, _ place: VaultPlace
  ) async throws -> PolicySuccession {
    let succession = try await succession(to: proposal.object, vault, place)
    try await saying { try succession.check(proposal) }
    return succession
  }

  private static func saying<Value>(_ body: () async throws -> Value) async throws -> Value {
    do {
      return try await body()
    } catch let fault as PolicyFault {
      throw CommandFailure(.unreadableInput, "\(fault)")
    } catch let error as VaultError {
      throw VaultOptions.failure("policies", error)
    }
  }
}
