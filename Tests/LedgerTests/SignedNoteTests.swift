import Ciphers
import Ledger
import Testing

/// Against the example of the documentation of golang.org/x/mod/sumdb/note, whose format C2SP `signed-note` specifies.
struct SignedNoteTests {
  static let vkey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
  static let note = """
    If you think cryptography is the answer to your problem,
    then you don't know what your problem is.

    \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=

    """

  @Test func `accepts the published note under the published key`() throws {
    let key = try #require(VerifierKey(SignedNoteTests.vkey))
    #expect(key.description == SignedNoteTests.vkey)
    let note = try #require(SignedNote(parsing: Array(SignedNoteTests.note.utf8)))
    #expect(note.isSigned(by: key))
    #expect(note.bytes == Array(SignedNoteTests.note.utf8))
  }

  @Test func `refuses the published note with any one byte changed`() throws {
    let key = try #require(VerifierKey(SignedNoteTests.vkey))
    let bytes = Array(SignedNoteTests.note.utf8)
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 0x01
      #expect(SignedNote(parsing: changed)?.isSigned(by: key) != true, "byte \(index)")
    }
  }

  @Test(arguments: [
    "", "\n", "a\n", "a\n\n", "a\n\n\u{2014} b\n", "a\n\n\u{2014} b AAAA\n", "a\n\n- b AAAAAAAA\n",
    "a\n\n\u{2014} b AAAAAAAA",
  ])
  func `refuses what is no note`(_ text: String) {
    #expect(SignedNote(parsing: Array(text.utf8)) == nil)
  }

  @Test(arguments: [
    "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "PeterNeumann",
    "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    "PeterNeumann+c74f20a3+Ahpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
  ])
  func `refuses what is no verifier key`(_ text: String) {
    #expect(VerifierKey(text) == nil)
  }

  @Test(arguments: [
    "o\n01\nAA==\n", "o\n+1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
    "\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
  ])
  func `refuses what is no checkpoint`(_ text: String) {
    #expect(Checkpoint(text: Array(text.utf8)) == nil)
  }

  @Test func `reads the checkpoint it wrote`() {
    let checkpoint = Checkpoint(origin: "example.org/log", size: 0, root: MerkleTree.emptyRoot)
    #expect(checkpoint.text == Array("example.org/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n".utf8))
    #expect(Checkpoint(text: checkpoint.text) == checkpoint)
  }
}
