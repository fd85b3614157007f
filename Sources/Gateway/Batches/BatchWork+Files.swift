import Bytes
import Ciphers
import Deidentification
import Ledger
import Providers
import Vault

extension BatchWork {
  /// Takes the file of a batch's requests, and hands it to the vendor without identifiers.
  func createFile() async throws(TurnedAway) -> Reply {
    let upload = try await upload()
    let items: [BatchItem]
    do throws(BatchError) {
      items = try BatchItem.items(ofLines: upload.content)
    } catch {
      throw await reject(error.description, param: "file")
    }
    let batch = try await safe(items)
    try await checkRoom(for: batch.kept)
    var form = MultipartForm([MultipartForm.Field("purpose", Array("batch".utf8))])
    if let seconds = lifetime(upload.seconds, at: batch.routes.first?.vendor) {
      form.fields.append(MultipartForm.Field("expires_after[anchor]", Array("created_at".utf8)))
      form.fields.append(MultipartForm.Field("expires_after[seconds]", Array(String(seconds).utf8)))
    }
    // The file's own name may name a patient.
    form.fields.append(MultipartForm.Field("file", filename: "requests.jsonl", batch.body))
    let (body, type) = form.written(boundary: gateway.newRequestID().description)
    let request = ResourceRequest(.createFile, body: (body, type), version: call.version, requestID: call.requestID)
    let exchange = try await open(
      request, by: batch.routes, found: batch.found, about: KeptRequest.people(batch.kept, beside: parties))
    let head = KeptHead(
      role: .input, vendor: exchange.vendor, operation: batch.operation, models: batch.routes.map(\.model),
      shown: .string(upload.name), held: batch.held)
    return try await make(head, keeping: batch.kept, in: exchange)
  }

  /// The requests of a call as they may go out; one that may not ends all of it.
  func safe(_ items: [BatchItem]) async throws(TurnedAway) -> SafeBatch {
    let key: TokenKey
    do {
      key = try await gateway.tokenKey(of: call.caller)
    } catch {
      throw await refuse(Refusal(error))
    }
    // A large batch is searched for seconds: the threads that serve the sockets have other things to do.
    let choices = try await choices(in: items)
    let result = await withTaskExecutorPreference(BlockingThreads.shared) {
      await search(items, under: key, knowing: choices)
    }
    switch result {
    case .success(let batch): return batch
    case .failure(.malformed(let error)): throw await reject(error.description)
    case .failure(.invalid(let number, let reason)):
      throw await reject("\(BatchError.place(number, in: dialect)): \(reason)")
    case .failure(.refused(let number, let refusal, let vendor, let model)):
      throw await refuse(refusal.of(BatchError.place(number, in: dialect)), vendor: vendor, model: model)
    }
  }

  private func search(
    _ items: [BatchItem], under key: TokenKey, knowing choices: [String: PatientChoices]
  ) async -> Result<SafeBatch, BatchStop> {
    safe(items, under: key, knowing: choices)
  }

  /// What each patient has authorized and restricted whom the call or one of its requests names.
  ///
  /// A request that is none names nobody here, and is refused when it is read.
  private func choices(in items: [BatchItem]) async throws(TurnedAway) -> [String: PatientChoices] {
    let named = await withTaskExecutorPreference(BlockingThreads.shared) {
      Set(items.compactMap { call.request($0).statedPatient })
    }
    var choices: [String: PatientChoices] = [:]
    for patient in named {
      guard !Task.isCancelled else { throw await reject("the request was given up") }
      do throws(Refusal) {
        choices[patient] = try await gateway.choices(of: [patient])
      } catch {
        throw await refuse(error)
      }
    }
    return choices
  }

  /// Checks that the caller may have so much kept, before anything goes out.
  func checkRoom(for requests: [KeptRequest]) async throws(TurnedAway) {
    let bytes = await withTaskExecutorPreference(BlockingThreads.shared) { KeptRequest.bytes(of: requests).count }
    if let refusal = await gateway.objection(toKeeping: bytes, for: call.caller) { throw await refuse(refusal) }
  }

  /// Deletes a file or a batch at its vendor, and with it what is kept of it.
  func delete(_ kind: KeptObject.Kind) async throws(TurnedAway) -> Reply {
    let head = try await head(kind)
    var exchange = try await open(call.operation, of: head)
    let (object, received): (VendorObject, [UInt8])
    do {
      (object, received) = try await exchange.object()
    } catch {
      // What the vendor has no more, nobody can ask for.
      if error.reply.status == 404, let failure = await forget(head, saying: exchange.record.plain) {
        throw fail(failure)
      }
      throw error
    }
    guard object.id() == head.id, object.isDeleted else { throw await exchange.fail(.vendor(.unexpectedAnswer)) }
    if let failure = await forget(head, saying: exchange.record.plain) { throw await exchange.fail(failure) }
    return try await exchange.finish(.json(200, object.value.bytes), received: received)
  }

  /// What the vendor says of a file or a batch now.
  func retrieve(_ kind: KeptObject.Kind) async throws(TurnedAway) -> Reply {
    let head = try await head(kind)
    return try await tell(of: head)
  }

  /// Has the vendor carry out no more of a batch.
  func cancel(_ kind: KeptObject.Kind) async throws(TurnedAway) -> Reply {
    let head = try await head(kind)
    return try await tell(of: head)
  }

  private func tell(of head: KeptHead) async throws(TurnedAway) -> Reply {
    var exchange = try await open(call.operation, of: head, asking: try await patients(of: head))
    let (object, received) = try await exchange.object()
    guard object.id() == head.id else { throw await exchange.fail(.vendor(.unexpectedAnswer)) }
    let failure: Failure?
    do {
      failure = try await keepFiles(of: head, saying: object, exchange.record.plain)
    } catch {
      // What has been opened is closed, whatever hinders the rest.
      failure = .notKept
    }
    if let failure { throw await exchange.fail(failure) }
    return try await exchange.finish(.json(200, head.answer(saying: object).bytes), received: received)
  }

  /// Whom the requests of a file or a batch are about; nobody where the register was never used.
  private func patients(of head: KeptHead) async throws(TurnedAway) -> [String] {
    guard !call.ends else { return [] }
    do throws(Refusal) {
      guard try await gateway.keepsConsents() else { return [] }
    } catch {
      throw await refuse(error)
    }
    return try await requests(of: head).compactMap(\.parties.patient)
  }

  /// Keeps whose the files are that a batch has made, before anybody hears of them.
  private func keepFiles(of head: KeptHead, saying object: VendorObject, _ base: Entry) async throws(TurnedAway)
    -> Failure?
  {
    guard head.kind == .batch, let end = head.record?.expires else { return nil }
    let seconds = Int((end.milliseconds - gateway.clock.wall()) / 1_000)
    for name in ["output_file_id", "error_file_id"] {
      guard let id = object.id(name), try await self.head(.file, id) == nil else { continue }
      let file = KeptHead(
        role: .output, id: id, vendor: head.vendor, operation: head.operation, models: head.models,
        requests: head.id, held: head.held)
      if let failure = await keep(file, nil, seconds: seconds, saying: base) { return failure }
    }
    return nil
  }
}
