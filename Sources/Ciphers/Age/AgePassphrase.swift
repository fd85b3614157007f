/// A passphrase that an age file is encrypted under, and how much work it costs to try one.
package struct AgePassphrase: ~Copyable, Sendable {
  /// The work factor of new files: 2^18 rounds of scrypt and 256 MiB, as stock age has it.
  package static let usualWorkFactor = 18
  /// The work factor up to which files are read: 1 GiB of memory.
  package static let largestUsualWorkFactor = 20

  let secret: SecretBytes
  let workFactor: Int
  let largestWorkFactor: Int

  /// A passphrase that is not empty.
  ///
  /// - Parameters:
  ///   - secret: The passphrase in UTF-8.
  ///   - workFactor: The base-two logarithm of the rounds of scrypt for new files.
  ///   - largestWorkFactor: A file that asks for more is refused.
  /// - Throws: `invalidKey` for an empty passphrase and for factors out of range.
  package init(
    _ secret: consuming SecretBytes, workFactor: Int = usualWorkFactor, largestWorkFactor: Int = largestUsualWorkFactor
  ) throws(CipherError) {
    guard secret.count > 0, (1...30).contains(workFactor), (1...30).contains(largestWorkFactor) else {
      throw CipherError(code: .invalidKey)
    }
    self.secret = secret
    self.workFactor = workFactor
    self.largestWorkFactor = largestWorkFactor
  }
}
