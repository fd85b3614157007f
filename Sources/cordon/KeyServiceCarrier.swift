import AsyncHTTPClient
import Gateway
import NIOCore
import NIOHTTP1
import NIOSSL
import Vault

/// Carries requests to key services over HTTP.
///
/// Certificates are verified, against the system's authorities or those of a file. Redirects are not followed: secrets go
/// to the address that was agreed, and a provider that may be sent on decides where to.
struct KeyServiceCarrier: Sendable {
  // A wrapped key, a list of versions; a longer answer is none.
  private static let longestAnswer = 1 << 20

  private let client: HTTPClient
  private let timeout: TimeAmount

  /// A carrier that waits so long for each answer; `authorities` is a file of certificates in PEM.
  init(seconds: Int, authorities: String? = nil) throws {
    timeout = .seconds(Int64(seconds))
    var tls = TLSSettings.toVendors(onlyApproved: false)
    if let authorities {
      do {
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(authorities))
      } catch {
        throw CommandFailure(.badConfiguration, "\(authorities): no certificates can be read")
      }
    }
    var configuration = HTTPClient.Configuration(tlsConfiguration: tls, redirectConfiguration: .disallow)
    configuration.timeout.connect = min(timeout, .seconds(10))
    configuration.timeout.read = timeout
    // The provider knows what may be tried again; a server that refuses connections or shows a false certificate is told
    // of at once.
    configuration.connectionPool.retryConnectionEstablishment = false
    client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  /// What providers are given.
  var transport: KeyServiceTransport {
    { [client, timeout] request throws(VaultError) in
      do {
        return try await KeyServiceCarrier.carry(request, by: client, timeout)
      } catch {
        // What failed may name hosts and certificates: that a key service is not there is what the vault can use.
        throw VaultError(.providerUnavailable)
      }
    }
  }

  /// Closes the connections; nothing may be under way.
  func close() async { try? await client.shutdown() }

  private static func carry(
    _ request: KeyServiceRequest, by client: HTTPClient, _ timeout: TimeAmount
  ) async throws -> KeyServiceResponse {
    var outbound = HTTPClientRequest(url: request.url)
    outbound.method = HTTPMethod(rawValue: request.method.rawValue)
    // The signature of a request covers its `Host`; the client sends the same one by itself.
    for header in request.headers where header.name.lowercased() != "host" {
      outbound.headers.add(name: header.name, value: header.value)
    }
    outbound.headers.add(name: "user-agent", value: "cordon")
    if !request.body.isEmpty { outbound.body = .bytes(ByteBuffer(bytes: request.body)) }
    let response = try await client.execute(outbound, timeout: timeout)
    let body = try await response.body.collect(upTo: longestAnswer)
    return KeyServiceResponse(
      status: Int(response.status.code),
      headers: response.headers.map { KeyServiceHeader($0.name, $0.value) }, body: Array(body.readableBytesView))
  }
}
