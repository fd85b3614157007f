extension Configuration {
  /// What `next` says otherwise and what cannot change while the gateway runs, by its place in the file.
  package func fixed(unlike next: Configuration) -> [String] {
    let pairs: [(String, Bool)] = [
      ("listen", listen == next.listen), ("data", dataDirectory == next.dataDirectory), ("vault", vault == next.vault),
      ("log.origin", log.origin == next.log.origin),
      ("log.witness_seconds", log.witnessSeconds == next.log.witnessSeconds),
      ("log.sinks", log.sinks == next.log.sinks), ("log.shards", log.shards == next.log.shards),
      ("limits.header_bytes", limits.headerBytes == next.limits.headerBytes),
      ("limits.connections", limits.connections == next.limits.connections),
      ("limits.request_seconds", limits.requestSeconds == next.limits.requestSeconds),
      ("limits.idle_seconds", limits.idleSeconds == next.limits.idleSeconds),
      ("limits.connect_seconds", limits.connectSeconds == next.limits.connectSeconds),
      ("limits.drain_seconds", limits.drainSeconds == next.limits.drainSeconds),
      ("telemetry", telemetry == next.telemetry), ("fips", fips == next.fips),
      ("memory", memory == next.memory),
    ]
    return pairs.filter { !$0.1 }.map(\.0)
  }

  /// Takes over from `former` what cannot change while the gateway runs.
  package mutating func keepFixed(of former: Configuration) {
    (listen, dataDirectory, vault, telemetry) = (former.listen, former.dataDirectory, former.vault, former.telemetry)
    (fips, memory) = (former.fips, former.memory)
    (log.origin, log.witnessSeconds, log.sinks) = (former.log.origin, former.log.witnessSeconds, former.log.sinks)
    log.shards = former.log.shards
    let read = limits
    limits = former.limits
    limits.bodyBytes = read.bodyBytes
    limits.answerBytes = read.answerBytes
    limits.vendorSilenceSeconds = read.vendorSilenceSeconds
    limits.answerSeconds = read.answerSeconds
    limits.deferredRequests = read.deferredRequests
    limits.deferredBytes = read.deferredBytes
    limits.deferredAtOnce = read.deferredAtOnce
  }
}
