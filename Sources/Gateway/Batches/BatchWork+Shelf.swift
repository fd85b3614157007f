import Bytes
import Ciphers
import Ledger
import Providers
import Vault

/// The files and batches that are kept for the caller in the use case: nobody else finds them.
extension BatchWork {
  private var holder: KeptHolder { KeptHolder(caller: call.caller.id.name, useCase: useCase.id.name) }

  /// The object that the path names, if it is one of the caller's.
  func head(_ kind: KeptObject.Kind) async throws(TurnedAway) -> KeptHead {
    guard let id = call.id, let head = try await head(kind, id) else { throw await unknown() }
    return head
  }

  /// The object with this id, if it is one of the caller's.
  func head(_ kind: KeptObject.Kind, _ id: String) async throws(TurnedAway) -> KeptHead? {
    guard VendorObject.isID(id) else { return nil }
    do {
      return try await gateway.kept(kind, id, for: holder, useCase) { KeptHead($0) }?.content
    } catch {
      throw await refuse(Refusal(error))
    }
  }

  /// The ids of all files or batches, the newest first.
  func ids(_ kind: KeptObject.Kind) async throws(TurnedAway) -> [String] {
    do {
      let objects = try await withTaskExecutorPreference(BlockingThreads.shared) {
        try await gateway.kept.present()?.objects(of: kind, for: holder) ?? []
      }
      return objects.map(\.id).filter { !$0.hasSuffix(KeptHead.requestsMark) }
    } catch {
      throw await refuse(Refusal(gateway.keyFailure(error)))
    }
  }

  /// The requests that a file or a batch has, or that the batch has which made a file.
  func requests(of head: KeptHead) async throws(TurnedAway) -> [KeptRequest] {
    let requests: [KeptRequest]?
    do {
      requests = try await withTaskExecutorPreference(BlockingThreads.shared) {
        guard let opened = try await gateway.kept.present()?.open(head.requestsPlace, for: holder) else { return nil }
        guard let requests = KeptRequest.requests(of: opened.map) else { throw VaultError(.altered(.kept)) }
        return requests
      }
    } catch {
      throw await refuse(Refusal(gateway.keyFailure(error)))
    }
    guard let requests else { throw await unknown() }
    return requests
  }

  /// Keeps a file or a batch with its requests; the failure says why nobody may be told of it.
  func keep(_ head: KeptHead, _ requests: [KeptRequest]?, seconds: Int? = nil, saying base: Entry) async -> Failure? {
    guard var settings = useCase.kept else { return .notKept }
    if let seconds { settings.seconds = seconds }
    var contents = [(object: KeptObject(head.kind, head.id, at: head.vendor), bytes: head.bytes)]
    if let requests { contents.append((head.requestsPlace, KeptRequest.bytes(of: requests))) }
    defer { for place in contents.indices { contents[place].bytes.wipe() } }
    return await gateway.keep(contents, for: holder, settings, saying: base)
  }

  /// Forgets a file or a batch; the requests of a batch stay with it when a file that it made is forgotten.
  func forget(_ head: KeptHead, saying base: Entry) async -> Failure? {
    var records = head.record.map { [$0] } ?? []
    do {
      if head.role != .output {
        let requests = try await withTaskExecutorPreference(BlockingThreads.shared) {
          try await gateway.kept.present()?.open(head.requestsPlace, for: holder)
        }
        if let requests { records.append(requests.record) }
      }
      try await gateway.forget(records, saying: base)
      return nil
    } catch {
      return error is LedgerError ? .logUnavailable : .notKept
    }
  }
}

extension KeptHead {
  /// Under what the requests are kept.
  fileprivate var requestsPlace: KeptObject {
    let kind: KeptObject.Kind =
      switch role {
      case .input: .file
      case .output, .batch: operation.dialect == .openAI ? .batch : .messageBatch
      }
    return KeptObject(kind, requests + Self.requestsMark, at: vendor)
  }
}
