import Ciphers
import Vault

extension Gateway {
  /// The session that a client presents; nil when it was not named so to this caller for this server.
  func toolSession(
    presented text: String, of vendor: Vendor, by caller: Caller
  ) async throws(GatewayKeyFailure) -> ToolSession? {
    do {
      let secret = try await vault.tokenSecret(ofCaller: caller.id.name)
      return ToolSession(presented: text, of: vendor.id.name, under: secret)
    } catch {
      throw GatewayKeyFailure(error)
    }
  }

  /// A session under the name by which this caller is to present it.
  func present(
    _ session: ToolSession, of vendor: Vendor, to caller: Caller
  ) async throws(GatewayKeyFailure) -> String {
    do {
      let secret = try await vault.tokenSecret(ofCaller: caller.id.name)
      return session.presented(of: vendor.id.name, under: secret)
    } catch {
      throw GatewayKeyFailure(error)
    }
  }
}
