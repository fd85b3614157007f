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
    switch logReaders {
    case .nobody: return .failure(.unknownPath)
    case .anyone: reader = nil
    case .callers(let allowed):
      guard let caller = caller(authorization: authorization) else {
        return await refuseStranger(requestID, from: client)
      }
      grants.look()
      let mayRead = allowed.contains(caller.id) && grants.lapse(of: Grant(.caller(caller.id), .log)) == nil
      guard mayRead else { return await refuseReading(caller, client, requestID) }
      reader = caller
    }
    let file: PublishedFile
    do {
      guard let found = try PublishedFile(at: path, data: dataDirectory) else { return .failure(.unknownPath) }
      file = found
      let name = reader?.id.recorded ?? client ?? ConfiguredName("anyone")
      let now = clock.wall()
      if let name, readings.isDue(name, at: now) {
        var entry = Entry(.logRead, at: clock.timestamp, request: requestID)
        entry.caller = reader?.id.recorded
        entry.client = client
        entry.decision = .allow
        try await record(entry)
        readings.recorded(name, at: now)
      }
    } catch {
      return .failure(.logUnavailable)
    }
    let caching = file.isImmutable ? "max-age=31536000, immutable" : "no-store"
    return Reply(
      status: 200, headers: [("content-type", file.contentType), ("cache-control", caching)], body: .whole(file.bytes))
  }
}
