import Bytes
import Ciphers
import Ledger
import Testing

struct CosignatureTests {
  @Test func `spells the verifier key of a witness with its own type`() throws {
    let pair = try keyPair([UInt8](repeating: 2, count: 32))
    let key = try #require(VerifierKey(name: "witness.example/w1", key: pair.verificationKey, kind: .cosignature))
    let hashed = Array("witness.example/w1\n".utf8) + [0x04] + pair.verificationKey.bytes
    #expect(key.hash == Array(Digest(hashing: hashed.span).bytes.prefix(4)))
    #expect(VerifierKey(key.description) == key)
    #expect(VerifierKey(name: key.name, key: key.key)?.hash != key.hash)
  }

  @Test func `names the origin of a log as it was chosen`() throws {
    let key = try keyPair([UInt8](repeating: 2, count: 32)).verificationKey
    let hash = Digest(hashing: key.bytes.span).description
    #expect(Origin.derived.verifier(of: key)?.name == "cordon.invalid/log/\(hash.prefix(16))")
    #expect(Origin.sigsum.verifier(of: key)?.name == "sigsum.org/v1/tree/\(hash)")
    #expect(Origin("log.example.org/cordon")?.verifier(of: key)?.name == "log.example.org/cordon")
    for text in ["derived", "sigsum", "log.example.org/cordon"] { #expect(Origin(text)?.description == text) }
    for text in ["", "a b", "a+b", "a\n", "a\u{2003}b"] { #expect(Origin(text) == nil) }
  }
}
