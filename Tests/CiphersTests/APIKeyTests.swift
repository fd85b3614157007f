import Ciphers
import TestKit
import Testing

struct APIKeyTests {
  @Test func `recognises a key by its hash's text`() throws {
    var generator = SeededGenerator(seed: 3)
    let key = APIKey(using: &generator)
    let text = APIKeyHash(of: key, using: &generator).description
    let id = key.id
    let hash = try #require(APIKeyHash(text))
    #expect(hash.id == id)
    #expect(matches(hash, key.revealingText()))
    #expect(!matches(hash, APIKey(using: &generator).revealingText()))
  }

  @Test func `writes a key in its documented form`() {
    var generator = SeededGenerator(seed: 3)
    let text = APIKey(using: &generator).revealingText()
    #expect(text.hasPrefix("cordon_sk_"))
    #expect(text.utf8.count == 10 + 12 + 1 + 43 + 6)
  }

  @Test func `refuses a key with any one character changed, missing or added`() {
    var generator = SeededGenerator(seed: 4)
    let text = APIKey(using: &generator).revealingText()
    for index in text.indices {
      let changed = text.replacingCharacter(at: index, with: text[index] == "x" ? "y" : "x")
      #expect(!isKey(changed), "at \(text.distance(from: text.startIndex, to: index))")
    }
    #expect(isKey(text))
    #expect(!isKey(String(text.dropLast())))
    #expect(!isKey(text + "0"))
    #expect(!isKey(""))
  }

  @Test func `hashes the same key differently each time`() {
    var generator = SeededGenerator(seed: 5)
    let key = APIKey(using: &generator)
    let first = APIKeyHash(of: key, using: &generator)
    let second = APIKeyHash(of: key, using: &generator)
    #expect(first != second)
  }

  @Test(arguments: ["", "hmac-sha256:abc", "sha1:AAAAAAAAAAAA:AAAA:AAAA", "hmac-sha256:AAAAAAAAAAAA:AAAA:AAAA"])
  func `refuses a text that is no hash`(_ text: String) {
    #expect(APIKeyHash(text) == nil)
  }
}

private func isKey(_ text: String) -> Bool { APIKey(presented: text) != nil }

private func matches(_ hash: APIKeyHash, _ text: String) -> Bool {
  guard let key = APIKey(presented: text) else { return false }
  return hash.matches(key)
}

extension String {
  fileprivate func replacingCharacter(at index: Index, with character: Character) -> String {
    self[..<index] + String(character) + self[self.index(after: index)...]
  }
}
