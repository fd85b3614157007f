import Ledger
import Providers
import Vault

extension Gateway {
  /// Answers a call about files and batches: decide, de-identify, record, forward, restore, record, release.
  package func answer(_ call: BatchCall) async -> Reply {
    metrics.changeInFlight(by: 1)
    let reply: Reply
    do throws(TurnedAway) {
      reply = try await carry(call)
    } catch {
      reply = error.reply
    }
    if case .whole = reply.body { metrics.changeInFlight(by: -1) }
    return reply
  }

  private func carry(_ call: BatchCall) async throws(TurnedAway) -> Reply {
    var work = try await work(call)
    return switch call.operation {
    case .createFile: try await work.createFile()
    case .listFiles: try await work.listFiles()
    case .file: try await work.retrieve(.file)
    case .fileContent: try await work.download(.file)
    case .deleteFile: try await work.delete(.file)
    case .createBatch: try await work.createBatch()
    case .listBatches: try await work.listBatches(.batch)
    case .batch: try await work.retrieve(.batch)
    case .cancelBatch: try await work.cancel(.batch)
    case .createMessageBatch: try await work.createMessageBatch()
    case .listMessageBatches: try await work.listBatches(.messageBatch)
    case .messageBatch: try await work.retrieve(.messageBatch)
    case .cancelMessageBatch: try await work.cancel(.messageBatch)
    case .deleteMessageBatch: try await work.delete(.messageBatch)
    case .messageBatchResults: try await work.download(.messageBatch)
    }
  }

  /// What a call is carried by, where its use case lets vendors keep something.
  private func work(_ call: BatchCall) async throws(TurnedAway) -> BatchWork {
    let parties: RequestParties
    do {
      parties = try RequestParties(patient: call.patient, user: call.user)
    } catch {
      throw await reject(call, error.description, param: error.path)
    }
    guard let useCase = admission.useCase(call.useCase, of: call.caller) else {
      let refusal = Refusal(.useCaseNotGranted, "caller `\(call.caller.id)` has no such use case")
      throw await refuse(refusal, call, parties, useCase: nil, vendor: nil, model: nil)
    }
    let kept = useCase.contract?.applied(to: parties).parties ?? parties
    guard useCase.kept != nil else {
      let fact = "use case `\(useCase.id)` lets vendors keep nothing, and files and batches are kept"
      let refusal = Refusal(.keptByVendor, fact)
      throw await refuse(refusal, call, parties, useCase: useCase, vendor: nil, model: nil)
    }
    return BatchWork(
      gateway: self, call: call, useCase: useCase, parties: kept, stopwatch: Stopwatch(clock.monotonic))
  }

  /// Records a refusal; what is thrown tells it.
  func refuse(
    _ refusal: Refusal, _ call: BatchCall, _ parties: RequestParties, useCase: UseCase?, vendor: Vendor?,
    model: ModelName?
  ) async -> TurnedAway {
    var entry = RequestRecord.refusal(
      refusal, call, useCase: useCase, vendor: vendor, model: model, at: clock.timestamp)
    do {
      try await sealed(parties, of: call.requestID, admitted: nil).name(in: &entry, withParts: false)
    } catch {
      metrics.countKeyFailure()
    }
    do {
      try await record(entry)
    } catch {
      return unrecorded(call)
    }
    metrics.countRefusal(refusal.rule)
    metrics.countRequest(.refused, microseconds: 0)
    return TurnedAway(reply: ErrorReport(refusal).reply(in: call.operation.dialect, of: call.requestID))
  }

  /// Records that what came is no request of its kind; what is thrown tells what is wrong.
  func reject(_ call: BatchCall, _ message: String, param: String?) async -> TurnedAway {
    await reject(call, .invalidRequest(message, param: param), "invalid_request")
  }

  /// Records that a call has no answer for a reason of the caller's; what is thrown tells it.
  func reject(_ call: BatchCall, _ failure: Failure, _ rule: String) async -> TurnedAway {
    do {
      try await record(RequestRecord.rejection(call, rule, status: failure.status, at: clock.timestamp))
    } catch {
      return unrecorded(call)
    }
    metrics.countRequest(.rejected, microseconds: 0)
    return TurnedAway(reply: .failure(failure, in: call.operation.dialect, of: call.requestID))
  }

  private func unrecorded(_ call: BatchCall) -> TurnedAway {
    metrics.countRequest(.logUnavailable, microseconds: 0)
    return TurnedAway(reply: .failure(.logUnavailable, in: call.operation.dialect, of: call.requestID))
  }
}
