import Gateway
import Ledger

extension ProtectionMap {
  static func credentials(_ configuration: Configuration) -> [ProtectedPlace] {
    var places = [
      ProtectedPlace(
        .credentials, .atRest, "keys of \(configuration.callers.count) callers", [.keyedHash], source: "callers")
    ]
    func add(_ secret: SecretSource?, _ name: String, _ source: String) {
      switch secret {
      case .environment: places.append(ProtectedPlace(.credentials, .atRest, name, [.environment], source: source))
      case .file(let path):
        places.append(
          ProtectedPlace(
            .credentials, .atRest, "\(name), `\(path)`", FileReach(path).mechanisms(whenAbsent: []), source: source))
      case nil: break
      }
    }
    for (index, vendor) in configuration.vendors.enumerated() {
      add(vendor.kind.place?.credential, "credential of vendor `\(vendor.id)`", "vendors[\(index)].credential")
    }
    switch configuration.vault.provider {
    case .local(let passphrase):
      add(passphrase ?? .environment(""), "passphrase of the root key", "vault.passphrase")
    case .pkcs11(let token): add(token.pin, "PIN of the token", "vault.pkcs11.pin")
    case .transit(let engine): add(engine.token, "token of the key service", "vault.transit.token")
    case .awsKMS(let region):
      add(
        region.credentials.map { .file($0) } ?? .environment(""), "access key of the key service",
        "vault.aws_kms.credentials")
    }
    return places
  }

  static func traffic(_ configuration: Configuration) -> [ProtectedPlace] {
    let listener: Set<Mechanism> =
      configuration.listen.certificate != nil ? [.tls] : configuration.listen.isLoopback ? [.loopback] : []
    var places = [
      ProtectedPlace(.phi, .inTransit, "callers and the gateway", listener, source: "listen"),
      ProtectedPlace(.metadata, .inTransit, "health and metrics", listener, source: "listen"),
      ProtectedPlace(.keys, .inTransit, "commands of administrators", [.process]),
    ]
    if configuration.log.readers != .nobody {
      places.append(
        ProtectedPlace(.metadata, .inTransit, "readers of the log", listener, source: "log.readers"))
    }
    for (index, sink) in configuration.log.sinks.enumerated() {
      guard case .syslog(let receiver, _) = sink.target else { continue }
      let isLocal = Transport.isLoopback(host: receiver.host)
      let mechanisms: Set<Mechanism> = receiver.transport == .tls ? [.tls] : isLocal ? [.loopback] : []
      places.append(
        ProtectedPlace(
          .metadata, .inTransit, "log export `\(sink.id)`", mechanisms, source: "log.export[\(index)].to"))
    }
    if let endpoint = configuration.telemetry.endpoint {
      places.append(
        ProtectedPlace(
          .metadata, .inTransit, "traces", Transport.mechanisms(endpoint), source: "telemetry.endpoint"))
    }
    switch configuration.vault.provider {
    case .local, .pkcs11: break
    case .transit(let engine):
      for (index, address) in engine.addresses.enumerated() {
        places.append(
          ProtectedPlace(
            .keys, .inTransit, "key service \(index + 1)", Transport.mechanisms(address),
            source: "vault.transit.addresses[\(index)]"))
      }
    case .awsKMS(let region):
      places.append(
        ProtectedPlace(
          .keys, .inTransit, "key service", region.endpoint.map { Transport.mechanisms($0) } ?? [.tls],
          source: "vault.aws_kms.endpoint"))
    }
    return places
  }

  static func vendors(_ configuration: Configuration) -> [ProtectedPlace] {
    var places: [ProtectedPlace] = []
    for (index, vendor) in configuration.vendors.enumerated() {
      guard let place = vendor.kind.place else {
        places.append(
          ProtectedPlace(.phi, .toVendor, "model `\(vendor.id)`", [.process], source: "vendors[\(index)].kind"))
        continue
      }
      let transport = Transport.mechanisms(place.baseURL)
      places.append(
        ProtectedPlace(
          .deidentified, .toVendor, "vendor `\(vendor.id)`", transport.union([.deidentification]),
          source: "vendors[\(index)].base_url"))
      for (number, useCase) in configuration.useCases.enumerated() where useCase.mayReach(vendor) {
        // What nobody can search goes out as it came.
        for reason in useCase.passesUninspected.map({ "\($0)" }).sorted() {
          places.append(
            ProtectedPlace(
              .phi, .toVendor, "\(reason) of use case `\(useCase.id)` to vendor `\(vendor.id)`", transport,
              source: "use_cases[\(number)].uninspected"))
        }
      }
    }
    return places
  }
}

extension UseCase {
  /// Whether requests of this use case may go to that vendor.
  fileprivate func mayReach(_ other: Vendor) -> Bool {
    vendor == other.id || fallbacks.contains { $0.vendor == other.id } || toolServers.contains(other.id)
  }
}

/// What an address says of the way to it.
enum Transport {
  static func mechanisms(_ address: String) -> Set<Mechanism> {
    if address.hasPrefix("https://") { return [.tls] }
    guard let separator = address.firstRange(of: "://") else { return [] }
    let authority = address[separator.upperBound...].prefix { $0 != "/" }
    let host = authority.hasPrefix("[") ? authority.dropFirst().prefix { $0 != "]" } : authority.prefix { $0 != ":" }
    return isLoopback(host: String(host)) ? [.loopback] : []
  }

  static func isLoopback(host: String) -> Bool {
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    let isIPv4 = parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    return host == "localhost" || host == "::1" || isIPv4
  }
}
