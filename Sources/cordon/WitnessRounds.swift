import Gateway
import Ledger
import Logging
import ServiceLifecycle

/// Has the log's checkpoint cosigned by its witnesses now and then while the gateway runs.
///
/// The list of witnesses is asked for each time: `cordon log witness add` takes effect by itself. Where the vault keeps
/// one, that is it, and a file that says something else is an alarm. A witness that saw another log is an alarm and not a
/// reason to stop: the log that is here goes on recording what happens.
struct WitnessRounds: Service {
  let data: String
  /// What the vault calls the log.
  let log: String
  let seconds: Int
  let gateway: Gateway
  let logger: Logger

  func run() async throws {
    // A list from before the vault kept any is taken up at once.
    _ = await cancelWhenGracefulShutdown { try? await gateway.witnesses(of: log, data: data) }
    try await Rounds("witnesses", every: .seconds(seconds), first: .afterPause) { await push() }.run()
  }

  private func push() async {
    do {
      let key = try Custody.verifier(data: data)
      let (list, isAltered) = try await gateway.witnesses(of: log, data: data)
      if isAltered {
        logger.critical("the list of witnesses was changed beside the vault: those that it keeps are asked")
      }
      guard !list.witnesses.isEmpty else { return }
      let report = try await WitnessCarrier(seconds: 10).push(Witnessing(data: data, key: key, list: list))
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
