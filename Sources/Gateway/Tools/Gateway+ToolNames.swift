import Ciphers
import Vault

extension Gateway {
  /// The names under which a caller knows what a tool server has named.
  func toolNames(of caller: Caller, at vendor: Vendor) async throws(GatewayKeyFailure) -> ToolNames {
    do {
      let secret = try await vault.tokenSecret(ofCaller: caller.id.name)
      return ToolNames(of: vendor.id.name, under: secret)
    } catch {
      throw GatewayKeyFailure(error)
    }
  }
}
