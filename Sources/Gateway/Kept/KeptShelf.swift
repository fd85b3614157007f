package import Vault
import Synchronization

/// The maps of what vendors keep; the file is made when the first map is.
package final class KeptShelf: Sendable {
  private let vault: Vault
  private let opened = Mutex<KeptMaps?>(nil)

  /// The shelf of a vault.
  package init(_ vault: Vault) { self.vault = vault }

  /// The maps.
  func maps() throws(VaultError) -> KeptMaps {
    if let maps = opened.withLock(\.self) { return maps }
    let made = try KeptMaps(vault)
    return opened.withLock { maps in
      let first = maps ?? made
      maps = first
      return first
    }
  }

  /// The maps, if there have ever been any.
  func present() throws(VaultError) -> KeptMaps? {
    if let maps = opened.withLock(\.self) { return maps }
    return try KeptMaps.exists(vault) ? try maps() : nil
  }
}
