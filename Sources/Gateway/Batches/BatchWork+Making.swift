import Bytes
import Ledger
import Providers
import Vault

extension BatchWork {
  /// Has the vendor make something like `head`, keeps what belongs to it, then tells its caller of it.
  ///
  /// The vendor's answer is taken also when the client goes away meanwhile. What cannot be kept, and what nobody is told of
  /// any more, is of no use to anybody: the vendor is asked to undo it, and if it does not, its time ends. `file` is what it
  /// is to be made of.
  func make(
    _ head: KeptHead, of file: String? = nil, keeping requests: [KeptRequest], in exchange: ResourceExchange
  ) async throws(TurnedAway) -> Reply {
    let result = await gateway.afterwork.finish(stoppedBy: call.interruption) { isAlone in
      await made(head, of: file, keeping: requests, in: exchange, isAlone)
    }
    return try result.get()
  }

  private func made(
    _ head: KeptHead, of file: String?, keeping requests: [KeptRequest], in exchange: ResourceExchange, _ isAlone: Flag
  ) async -> Result<Reply, TurnedAway> {
    var exchange = exchange
    do throws(TurnedAway) {
      let (object, received) = try await exchange.object()
      guard let id = object.id() else { throw await exchange.fail(.vendor(.unexpectedAnswer)) }
      var head = head
      (head.id, head.requests, head.object) = (id, id, object.value)
      if let failure = await taken(head, of: file, keeping: requests, in: exchange, isAlone) {
        let told = await exchange.fail(failure)
        if failure.isToBeUndone { undo(head, at: exchange.routes[0].vendor) }
        throw told
      }
      if head.role == .batch {
        gateway.bookTokens(
          nil, isWhole: false, sent: KeptRequest.length(of: requests), received: [], to: exchange.rates)
      }
      return .success(try await exchange.finish(.json(200, head.answer(saying: object).bytes), received: received))
    } catch {
      return .failure(error)
    }
  }

  /// Keeps what the vendor has made; the failure says why nobody may be told of it.
  private func taken(
    _ head: KeptHead, of file: String?, keeping requests: [KeptRequest], in exchange: ResourceExchange, _ isAlone: Flag
  ) async -> Failure? {
    guard VendorObject.isID(head.id), file == nil || head.object["input_file_id"]?.string == file else {
      return .vendor(.unexpectedAnswer)
    }
    guard !isAlone.isSet else { return .vendor(.cancelled) }
    return await keep(head, requests, saying: exchange.record.plain)
  }

  private func undo(_ head: KeptHead, at vendor: Vendor) {
    guard let operation = head.undoing else { return }
    var call = BatchCall(
      operation, requestID: gateway.newRequestID(), caller: call.caller, useCase: call.useCase, body: [])
    (call.client, call.id) = (self.call.client, head.id)
    let work = BatchWork(
      gateway: gateway, call: call, useCase: useCase, parties: parties, rates: rates,
      stopwatch: Stopwatch(gateway.clock.monotonic))
    let request = ResourceRequest(operation, of: head.id, version: call.version, requestID: call.requestID)
    work.undo(request, at: vendor, asking: head.models, for: head.operation)
  }
}

extension KeptHead {
  /// What undoes the making of it.
  fileprivate var undoing: BatchOperation? {
    switch kind {
    case .file: .deleteFile
    case .batch: .cancelBatch
    case .messageBatch: .cancelMessageBatch
    default: nil
    }
  }
}
