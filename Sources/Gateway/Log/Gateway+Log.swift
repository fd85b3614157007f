package import Ledger

extension Gateway {
  /// Answers `GET /log/…`: the checkpoint or a tile, for those who may read the log.
  ///
  /// That somebody reads is an entry itself, one a minute for each reader: a monitor that asks every second would
  /// otherwise find mostly its own traces. A reader who may not is refused, and that is recorded as well.
  package func logFile(
    _ path: String, authorization: String?, client: ConfiguredName?, requestID: RequestID
  ) async -> Reply {
    let reader: Caller?
    do throws(TurnedAway) {
      reader = try await logReader(authorization, from: client, of: requestID)
    } catch {
      return error.reply
    }
    let file: PublishedFile
    do {
      guard let found = try PublishedFile(at: path, data: dataDirectory) else { return .failure(.unknownPath) }
      file = found
      try await recordReading(by: reader, from: client, of: requestID)
    } catch {
      return .failure(.logUnavailable)
    }
    let caching = file.isImmutable ? "max-age=31536000, immutable" : "no-store"
    return Reply(
      status: 200, headers: [("content-type", file.contentType), ("cache-control", caching)], body: .whole(file.bytes))
  }

  /// Who reads what readers of the log may read; nil where anyone may.
  func logReader(
    _ authorization: String?, from client: ConfiguredName?, of requestID: RequestID,
    asking operation: ConfiguredName? = nil
  ) async throws(TurnedAway) -> Caller? {
    switch logReaders {
    case .nobody: throw TurnedAway(reply: .failure(.unknownPath, of: requestID))
    case .anyone: return nil
    case .callers(let allowed):
      guard let caller = caller(authorization: authorization) else {
        throw TurnedAway(reply: await refuseStranger(requestID, from: client, asking: operation))
      }
      grants.look()
      guard allowed.contains(caller.id), grants.lapse(of: Grant(.caller(caller.id), .log)) == nil else {
        throw TurnedAway(reply: await refuseReading(caller, client, requestID, asking: operation))
      }
      return caller
    }
  }

  /// Records that somebody reads, once a minute.
  func recordReading(
    by reader: Caller?, from client: ConfiguredName?, of requestID: RequestID, asking operation: ConfiguredName? = nil
  ) async throws {
    let now = clock.wall()
    guard let name = reader?.id.recorded ?? client ?? ConfiguredName("anyone"), readings.isDue(name, at: now) else {
      return
    }
    var entry = Entry(.logRead, at: clock.timestamp, request: requestID)
    entry.caller = reader?.id.recorded
    entry.client = client
    entry.operation = operation
    entry.decision = .allow
    try await record(entry)
    readings.recorded(name, at: now)
  }
}
