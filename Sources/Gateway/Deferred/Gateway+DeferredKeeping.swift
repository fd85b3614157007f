import Ledger
import Vault

extension Gateway {
  /// Seals a request that is carried out later, or what has come of it, after the log has it as `base` says: what the log does
  /// not take does not lie on the disk, where it would be carried out.
  ///
  /// The failure says why nothing is kept.
  func keep(
    _ object: KeptObject, _ bytes: [UInt8], for holder: KeptHolder, _ settings: KeptSettings, within bounds: KeptBounds,
    saying base: Entry
  ) async -> Failure? {
    var entry = base
    let maps: KeptMaps
    let expires: Moment
    do {
      maps = try kept.maps()
      expires = Moment(milliseconds: maps.now.milliseconds + Int64(settings.seconds) * 1_000)
      entry.object = ConfiguredName(try await maps.recorded(object, for: holder))
    } catch {
      return notKept(error)
    }
    (entry.event, entry.time) = (.mapKept, clock.timestamp)
    entry.rule = ConfiguredName("until:\(expires)")
    do {
      try await record(entry)
    } catch {
      return .logUnavailable
    }
    do {
      try await withTaskExecutorPreference(BlockingThreads.shared) {
        _ = try await maps.keep([(object, bytes)], for: holder, until: expires, within: bounds)
      }
      return nil
    } catch {
      (entry.event, entry.time, entry.rule) = (.mapDeleted, clock.timestamp, ConfiguredName("not_kept"))
      _ = try? await record(entry)
      return notKept(error)
    }
  }

  private func notKept(_ error: any Error) -> Failure {
    _ = keyFailure(error)
    metrics.countKeyFailure()
    return .notKept
  }
}
