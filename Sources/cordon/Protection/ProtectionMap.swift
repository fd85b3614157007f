import Gateway

/// Every store and every operation of a gateway with this configuration, and what protects it.
struct ProtectionMap {
  let places: [ProtectedPlace]

  init(_ configuration: Configuration) {
    places =
      ProtectionMap.stores(configuration) + ProtectionMap.keys(configuration)
      + ProtectionMap.credentials(configuration) + ProtectionMap.traffic(configuration)
      + ProtectionMap.vendors(configuration) + ProtectionMap.work(configuration)
  }

  private static func stores(_ configuration: Configuration) -> [ProtectedPlace] {
    var places = [
      ProtectedPlace(.phi, .atRest, "log: sealed parts of entries, and blobs", [.aes256GCM]),
      ProtectedPlace(.phi, .atRest, "vault: values of tokens", [.aes256GCM]),
      ProtectedPlace(.phi, .atRest, "vault: blind indexes of tokens", [.keyedHash]),
      ProtectedPlace(.phi, .atRest, "vault: maps of what vendors keep", [.aes256GCM]),
      ProtectedPlace(.phi, .atRest, "vault: what patients authorize and restrict", [.aes256GCM]),
      ProtectedPlace(.phi, .atRest, "backups", [.age]),
      ProtectedPlace(.metadata, .atRest, "log: entries", [.signature]),
      ProtectedPlace(
        .metadata, .atRest, "data directory `\(configuration.dataDirectory)`",
        // `cordon vault init` makes it so.
        FileReach(configuration.dataDirectory).mechanisms(whenAbsent: [.fileMode]), source: "data"),
    ]
    if let folder = configuration.siteLists {
      places.append(
        ProtectedPlace(
          .metadata, .atRest, "site lists in `\(folder)`", FileReach(folder).mechanisms(whenAbsent: []),
          source: "detection.site_lists"))
    }
    for (index, sink) in configuration.log.sinks.enumerated() {
      guard case .file(let path) = sink.target else { continue }
      places.append(
        ProtectedPlace(
          .metadata, .atRest, "log export `\(sink.id)` in `\(path)`",
          FileReach(path).mechanisms(whenAbsent: FileReach.ofFolder(path).mechanisms(whenAbsent: [])),
          source: "log.export[\(index)]"))
    }
    return places
  }

  private static func keys(_ configuration: Configuration) -> [ProtectedPlace] {
    let root: Set<Mechanism> =
      switch configuration.vault.provider {
      case .local: [.sealedFile]
      case .pkcs11: [.hardware]
      case .transit, .awsKMS: [.keyService]
      }
    var places = [
      ProtectedPlace(.keys, .atRest, "vault: root key", root, source: "vault.provider"),
      ProtectedPlace(.keys, .atRest, "vault: keys of tenants, subjects and stores", [.keyWrap]),
      ProtectedPlace(.keys, .atRest, "escrow", [.age]),
      ProtectedPlace(.keys, .inUse, "unwrapped keys", [.process], source: "vault.cache_seconds"),
    ]
    if let certificate = configuration.listen.certificate {
      places.append(
        ProtectedPlace(
          .keys, .atRest, "key of the gateway's certificate, `\(certificate.privateKey)`",
          FileReach(certificate.privateKey).mechanisms(whenAbsent: []), source: "listen.tls.key"))
    }
    for (index, sink) in configuration.log.sinks.enumerated() {
      guard case .syslog(_, let trust) = sink.target, let key = trust.credentials?.privateKey else { continue }
      places.append(
        ProtectedPlace(
          .keys, .atRest, "key shown to log export `\(sink.id)`, `\(key)`",
          FileReach(key).mechanisms(whenAbsent: []), source: "log.export[\(index)].key"))
    }
    return places
  }

  private static func work(_ configuration: Configuration) -> [ProtectedPlace] {
    var places = [
      ProtectedPlace(.phi, .inUse, "requests and answers in work", [.process]),
      ProtectedPlace(.phi, .inUse, "sums, scores and lookups elsewhere", [.encryptedComputation]),
    ]
    if configuration.reliability.idempotencySeconds > 0 {
      places.append(
        ProtectedPlace(
          .phi, .inUse, "answers kept for repeated requests", [.process], source: "reliability.idempotency_seconds"))
    }
    return places
  }
}
