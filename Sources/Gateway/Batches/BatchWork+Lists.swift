import Bytes
import Ledger
import Providers
import Vault

extension BatchWork {
  /// The caller's own files, as their vendors said them to be when they were made: no vendor is asked.
  func listFiles() async throws(TurnedAway) -> Reply {
    guard let limit = call.limit(upTo: 1_000, usually: 1_000) else { throw await wrongLimit() }
    var ids = try await ids(.file)
    if call.query["order"] == "asc" { ids.reverse() }
    var heads: [KeptHead] = []
    // No more of them are opened than the page shows, and one that says whether there are more.
    for id in rest(of: ids, behind: call.query["after"]) where heads.count <= limit {
      guard let head = try await head(.file, id) else { continue }
      let purpose = head.role == .input ? "batch" : "batch_output"
      if call.query["purpose"].map({ $0 == purpose }) != false, head.object != .null { heads.append(head) }
    }
    let page = Page(heads: Array(heads.prefix(limit)), hasMore: heads.count > limit)
    let shown = page.heads.compactMap { head -> JSONValue? in
      (try? VendorObject(head.object.bytes)).map { head.answer(saying: $0) }
    }
    try await recordList()
    return .json(200, list(shown, page).bytes)
  }

  /// The caller's own batches, each as its vendor says it to be now.
  func listBatches(_ kind: KeptObject.Kind) async throws(TurnedAway) -> Reply {
    guard let limit = call.limit(upTo: 100, usually: 20) else { throw await wrongLimit() }
    var ids = try await ids(kind)
    let isBackwards = call.query["before_id"] != nil
    if isBackwards { ids.reverse() }
    let rest = rest(of: ids, behind: call.query[kind == .batch ? "after" : isBackwards ? "before_id" : "after_id"])
    let page = Page(heads: Array(rest.prefix(limit)), hasMore: rest.count > limit)
    var shown: [JSONValue] = []
    for id in isBackwards ? page.heads.reversed() : page.heads {
      guard let head = try await head(kind, id) else { continue }
      do {
        shown.append(try await state(of: head))
      } catch {
        // What the vendor has no more is in no list.
        guard error.reply.status == 404 else { throw error }
      }
    }
    try await recordList()
    return .json(200, list(shown, page).bytes)
  }

  private func rest(of ids: [String], behind id: String?) -> ArraySlice<String> {
    guard let id else { return ids[...] }
    return ids.firstIndex(of: id).map { ids[($0 + 1)...] } ?? []
  }

  private func wrongLimit() async -> TurnedAway { await reject("`limit` must be a number from 1 on", param: "limit") }

  /// What the vendor says of one batch of a list.
  private func state(of head: KeptHead) async throws(TurnedAway) -> JSONValue {
    var one = self
    one.call.operation = head.kind == .batch ? .batch : .messageBatch
    one.call.requestID = gateway.newRequestID()
    one.call.id = head.id
    one.call.interruption = Interruption(within: call.interruption)
    let reply = try await one.retrieve(head.kind)
    guard case .whole(let bytes) = reply.body, let value = try? JSONValue(parsing: bytes) else { return .null }
    return value
  }

  private func recordList() async throws(TurnedAway) {
    let sealed: SealedParties
    do {
      sealed = try await gateway.sealed(parties, of: call.requestID, admitted: call.caller)
    } catch {
      throw await refuse(Refusal(error))
    }
    let record = RequestRecord(call, [], parties: sealed)
    do {
      try await gateway.record(record.opening(at: gateway.clock.timestamp, times: [:]), sealing: record.parts)
      try await gateway.record(
        record.closing(RequestRecord.Ending(outcome: .completed, status: 200), at: gateway.clock.timestamp))
    } catch {
      throw fail(.logUnavailable)
    }
    gateway.count(EndedRequest(.completed, status: 200, of: useCase.id.recorded, after: stopwatch))
  }

  private func list<Element>(_ shown: [JSONValue], _ page: Page<Element>) -> JSONValue {
    let ends: [JSONMember] = [
      JSONMember("first_id", shown.first?["id"] ?? .null), JSONMember("last_id", shown.last?["id"] ?? .null),
      JSONMember("has_more", .bool(page.hasMore)),
    ]
    let object = dialect == .openAI ? [JSONMember("object", "list")] : []
    return .object(object + [JSONMember("data", .array(shown))] + ends)
  }
}

/// A part of a list, from behind an element on.
private struct Page<Element> {
  var heads: [Element]
  var hasMore: Bool
}
