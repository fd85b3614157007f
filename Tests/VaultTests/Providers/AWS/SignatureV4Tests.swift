import Bytes
import Ciphers
import Foundation
import Testing
import Vault

/// The cases of AWS's Signature Version 4 test suite, in `Signing`: a request, the canonical request, the digest of it and
/// the signature.
struct SignatureV4Tests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Signing")

  static let cases: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).filter { $0.hasSuffix(".txt") }.sorted()

  @Test func `has all its cases`() { #expect(Self.cases.count == 15) }

  @Test(arguments: cases)
  func `signs as AWS does`(_ name: String) throws {
    let text = try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
    let parts = text.components(separatedBy: "\n----------\n")
    try #require(parts.count == 3)
    let (request, token) = try Self.request(parts[0])
    let outcome = parts[2].split(separator: "\n").map(String.init)
    let moment = Moment(milliseconds: 1_440_938_160_000)
    let signature = SignatureV4(region: "us-east-1", service: "service")
    var dated = request
    dated.headers.append(KeyServiceHeader("X-Amz-Date", "20150830T123600Z"))
    if let token { dated.headers.append(KeyServiceHeader("X-Amz-Security-Token", token)) }

    #expect(SignatureV4.canonical(dated) == parts[1])
    #expect(
      signature.textToSign(dated, at: moment)
        == "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/service/aws4_request\n\(outcome[0])")
    let signed = signature.signed(request, by: FakeKMS.credentials(session: token), at: moment)
    let names = try #require(parts[1].split(separator: "\n").dropLast().last)
    #expect(
      signed == dated.headers + [
        KeyServiceHeader(
          "Authorization",
          "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
            + "SignedHeaders=\(names), Signature=\(outcome[1])")
      ])
  }

  /// A request as it is written: a line with method, path and query, headers, an empty line and a body.
  ///
  /// A header `X-Amz-Security-Token` is not of the request but of the credentials.
  private static func request(_ text: String) throws -> (SignatureV4.Request, String?) {
    let halves = text.components(separatedBy: "\n\n")
    let lines = halves[0].components(separatedBy: "\n")
    let space = try #require(lines[0].firstIndex(of: " "))
    let target = lines[0][lines[0].index(after: space)...].split(separator: "?", maxSplits: 1).map(String.init)
    var token: String?
    var headers: [KeyServiceHeader] = []
    for line in lines.dropFirst() {
      let colon = try #require(line.firstIndex(of: ":"))
      let header = KeyServiceHeader(String(line[..<colon]), String(line[line.index(after: colon)...]))
      if header.name == "X-Amz-Security-Token" { token = header.value } else { headers.append(header) }
    }
    let pairs = target.count < 2 ? [] : target[1].split(separator: "&")
    let query = try pairs.map { pair in
      let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      return KeyServiceHeader(try #require(halves.first), halves.count > 1 ? halves[1] : "")
    }
    return (
      SignatureV4.Request(
        method: String(lines[0][..<space]), path: target[0], query: query, headers: headers,
        body: Array((halves.count > 1 ? halves[1] : "").utf8)),
      token
    )
  }
}
