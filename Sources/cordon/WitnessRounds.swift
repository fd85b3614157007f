import Ledger
import Logging
import ServiceLifecycle

/// Has the log's checkpoint cosigned by its witnesses now and then while the gateway runs.
///
/// The list of witnesses is read each time: `cordon log witness add` takes effect by itself. A witness that saw another
/// log is an alarm and not a reason to stop: the log that is here goes on recording what happens.
struct WitnessRounds: Service {
  let data: String
  let seconds: Int
  let logger: Logger

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        try? await Task.sleep(for: .seconds(seconds))
        if !Task.isCancelled { await push() }
      }
    }
  }

  private func push() async {
    do throws(LedgerError) {
      let key = try Custody.verifier(data: data)
      guard try !WitnessList(data: data).witnesses.isEmpty else { return }
      let report = try await WitnessCarrier(seconds: 10).push(Witnessing(data: data, key: key))
      if report.isAlarm {
        logger.critical("a witness saw a log that this one does not extend: it was rolled back or forked")
      } else if !report.isCosigned {
        logger.warning("the checkpoint is cosigned by \(report.cosignatures) of \(report.quorum) witnesses")
      }
    } catch {
      logger.warning("the checkpoint was not cosigned: \(error)")
    }
  }
}
