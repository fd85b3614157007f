import Gateway
import Glibc
import Ledger
import Logging
import ServiceLifecycle
import UnixSignals

/// Puts the configuration in force anew on SIGHUP, and credentials when their files change.
///
/// A file that is no good changes nothing: requests go on under the configuration that there is.
struct Reloading: Service {
  let path: String
  let house: House
  let logger: Logger
  let observe: @Sendable ([UInt8]) -> Void

  func run() async throws {
    // One after the other: what a file says must not undo what a signal has just put in force.
    let (reasons, reason) = AsyncStream<Reason>.makeStream(bufferingPolicy: .bufferingNewest(8))
    await withDiscardingTaskGroup { group in
      group.addTask {
        await cancelWhenGracefulShutdown {
          for await _ in await UnixSignalsSequence(trapping: .sighup) { reason.yield(.signal) }
        }
        reason.finish()
      }
      group.addTask {
        try? await Rounds("credentials", every: .seconds(1), first: .afterPause) { reason.yield(.second) }.run()
      }
      var seen = house.credentials()
      for await reason in reasons {
        switch reason {
        case .signal: await reload()
        case .second:
          let now = house.credentials()
          let changed = now.keys.filter { now[$0] != seen[$0] }
          guard !changed.isEmpty else { continue }
          await renewCredentials(of: changed.sorted { $0.name < $1.name })
        }
        seen = house.credentials()
      }
    }
  }

  private enum Reason { case signal, second }

  /// Reads the configuration again.
  private func reload() async {
    var content: [UInt8]?
    do {
      content = TextFile.contents(of: path)
      let configuration = try Assembly.configuration(at: path)
      let fixed = try await house.load(configuration, observe: observe)
      logger.notice("the configuration was read again and is in force", metadata: house.named)
      if !fixed.isEmpty {
        logger.warning("needs a restart: \(fixed.map { "`\($0)`" }.joined(separator: ", "))")
      }
      state(refused: nil, fixed: fixed)
    } catch {
      let reason = Self.reason(error)
      house.gateways.current.metrics.countLoad(isRefused: true)
      logger.error("\(path) was refused, and what was in force stays: \(reason)", metadata: house.named)
      await record(refused: content, error)
      state(refused: reason, fixed: [])
    }
  }

  /// Has the log say that a file was refused, which one, and by which rule; never its words.
  private func record(refused content: [UInt8]?, _ error: any Error) async {
    let rule = (error as? ConfigurationError)?.code.recorded ?? ConfiguredName("not_loadable")
    guard let rule else { return }
    do {
      try await house.gateways.current.recordRefusedConfiguration(content, because: rule)
    } catch {
      logger.error("the log cannot say that a configuration was refused: \(error)")
    }
  }

  private func renewCredentials(of vendors: [ConfiguredID<Vendor>]) async {
    do {
      try await house.renewCredentials(of: vendors, observe: observe)
      logger.notice("the credential of \(vendors.map { "`\($0)`" }.joined(separator: ", ")) was read again")
    } catch {
      logger.error("a vendor's credential was not taken, and the former stays: \(Self.reason(error))")
    }
  }

  private func state(refused: String?, fixed: [String]) {
    var state = ServeState.read(in: house.data) ?? ServeState()
    state.loads += 1
    state.configuration = house.digest
    (state.refused, state.fixed) = (refused, fixed)
    state.dead = house.gateway.deadLines
    state.write(in: house.data)
  }

  private static func reason(_ error: any Error) -> String {
    switch error {
    case let failure as CommandFailure: failure.message
    default: String(describing: error)
    }
  }
}
