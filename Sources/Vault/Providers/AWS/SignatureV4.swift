import Bytes
import Ciphers

/// Signs requests to AWS: Signature Version 4, as AWS's "Signing AWS API requests" describes it.
package struct SignatureV4: Sendable {
  /// What is signed of a request: its path and query are not encoded yet.
  package struct Request: Sendable {
    package var method: String
    package var path: String
    package var query: [KeyServiceHeader]
    package var headers: [KeyServiceHeader]
    package var body: [UInt8]

    package init(
      method: String, path: String = "/", query: [KeyServiceHeader] = [], headers: [KeyServiceHeader], body: [UInt8]
    ) {
      self.method = method
      self.path = path
      self.query = query
      self.headers = headers
      self.body = body
    }
  }

  private static let algorithm = "AWS4-HMAC-SHA256"

  private let region: String
  private let service: String

  /// Signatures for a service in a region.
  package init(region: String, service: String) {
    self.region = region
    self.service = service
  }

  /// The headers of `request` with the date, the session's token and the signature; `Host` must be among them.
  package func signed(_ request: Request, by credentials: AWSCredentials, at moment: Moment) -> [KeyServiceHeader] {
    var request = request
    request.headers.append(KeyServiceHeader("X-Amz-Date", Self.timestamp(moment)))
    if let token = credentials.sessionToken { request.headers.append(KeyServiceHeader("X-Amz-Security-Token", token)) }
    let authorization =
      "\(Self.algorithm) Credential=\(credentials.accessKeyID)/\(scope(moment)), "
      + "SignedHeaders=\(Self.signedNames(request)), Signature=\(signature(request, by: credentials, at: moment))"
    return request.headers + [KeyServiceHeader("Authorization", authorization)]
  }

  /// The request in the form that is hashed.
  package static func canonical(_ request: Request) -> String {
    let headers = canonicalHeaders(request).map { "\($0.name):\($0.value)\n" }.joined()
    let query = request.query.map { (encoded($0.name), encoded($0.value)) }
      .sorted { $0 < $1 }
      .map { "\($0.0)=\($0.1)" }.joined(separator: "&")
    let path = request.path.split(separator: "/", omittingEmptySubsequences: false)
      .map { encoded(String($0)) }.joined(separator: "/")
    return
      "\(request.method)\n\(path)\n\(query)\n\(headers)\n\(signedNames(request))\n\(Digest(hashing: request.body.span))"
  }

  /// What is signed: the date, what the key is for, and the digest of the request.
  package func textToSign(_ request: Request, at moment: Moment) -> String {
    let digest = Digest(hashing: Array(Self.canonical(request).utf8).span)
    return "\(Self.algorithm)\n\(Self.timestamp(moment))\n\(scope(moment))\n\(digest)"
  }

  private func signature(_ request: Request, by credentials: AWSCredentials, at moment: Moment) -> Digest {
    var seed = credentials.secret.withBytes { Array("AWS4".utf8) + [UInt8](copying: $0) }
    var key = SecretBytes(taking: &seed)
    for part in [String(Self.timestamp(moment).prefix(8)), region, service, "aws4_request"] {
      var next = Digest(authenticating: Array(part.utf8), key: key).bytes
      key = SecretBytes(taking: &next)
    }
    return Digest(authenticating: Array(textToSign(request, at: moment).utf8), key: key)
  }

  private func scope(_ moment: Moment) -> String {
    "\(Self.timestamp(moment).prefix(8))/\(region)/\(service)/aws4_request"
  }

  /// The moment as `20150830T123600Z`.
  private static func timestamp(_ moment: Moment) -> String {
    String(moment.description.prefix(19).filter { $0 != "-" && $0 != ":" }) + "Z"
  }

  private static func signedNames(_ request: Request) -> String {
    canonicalHeaders(request).map(\.name).joined(separator: ";")
  }

  /// The headers by name, in lower case; those of one name together in their order.
  private static func canonicalHeaders(_ request: Request) -> [KeyServiceHeader] {
    var values: [String: [String]] = [:]
    for header in request.headers {
      let words = header.value.split(whereSeparator: { $0 == " " || $0 == "\t" })
      values[header.name.lowercased(), default: []].append(words.joined(separator: " "))
    }
    return values.sorted { $0.key < $1.key }
      .map { KeyServiceHeader($0.key, $0.value.joined(separator: ",")) }
  }

  /// The text with every byte but RFC 3986's unreserved characters as `%` and two digits.
  private static func encoded(_ text: String) -> String {
    var output: [UInt8] = []
    for byte in text.utf8 {
      if ASCII.isAlphanumeric(byte) || [0x2D, 0x2E, 0x5F, 0x7E].contains(byte) {
        output.append(byte)
      } else {
        output.append(0x25)
        output.append(contentsOf: Hex.encode([byte]).uppercased().utf8)
      }
    }
    return String(decoding: output, as: UTF8.self)
  }
}
