import Bytes

/// A text sealed in chunks of 64 KiB under one key that seals nothing else: STREAM of Hoang, Reyhanitabar, Rogaway and
/// Vizár (CRYPTO 2015), in the form that age gives it.
///
/// The nonce of a chunk is its number in eleven bytes and a byte that is one for the last chunk alone, so that a chunk
/// which was moved, repeated, dropped or added is refused, and so is an end that came early.
enum ChunkStream {
  static let chunkByteCount = 65_536

  struct Counter {
    private var number: UInt64 = 0

    /// The nonce of the next chunk.
    mutating func next(isLast: Bool) -> [UInt8] {
      var nonce = [UInt8](repeating: 0, count: 12)
      for index in 0..<8 { nonce[10 - index] = UInt8(truncatingIfNeeded: number >> (8 * index)) }
      nonce[11] = isLast ? 1 : 0
      number += 1
      return nonce
    }

    var isFirst: Bool { number == 0 }
  }

  /// The sealing of a stream: at most one chunk is held.
  struct Sealer: ~Copyable {
    private let cipher: ChunkCipher
    private let key: SecretBytes
    private var counter = Counter()
    private var chunk: [UInt8] = []

    init(_ cipher: ChunkCipher, key: consuming SecretBytes) {
      self.cipher = cipher
      self.key = key
      chunk.reserveCapacity(chunkByteCount)
    }

    mutating func update(_ text: Span<UInt8>, into output: inout [UInt8]) throws(CipherError) {
      var start = 0
      while start < text.count {
        // A full chunk waits for the byte after it: without one it is the last.
        if chunk.count == chunkByteCount {
          let nonce = counter.next(isLast: false)
          try cipher.seal(chunk.span, key: key, nonce: nonce, into: &output)
          chunk.removeAll(keepingCapacity: true)
        }
        let end = min(text.count, start + chunkByteCount - chunk.count)
        chunk.append(copying: text.extracting(start..<end))
        start = end
      }
    }

    mutating func finish(into output: inout [UInt8]) throws(CipherError) {
      let nonce = counter.next(isLast: true)
      try cipher.seal(chunk.span, key: key, nonce: nonce, into: &output)
      chunk.wipe()
    }
  }

  /// The opening of a stream: at most one chunk is held, and what comes out is authentic.
  struct Opener: ~Copyable {
    private static let sealedByteCount = chunkByteCount + ChunkCipher.tagByteCount

    private let cipher: ChunkCipher
    private let key: SecretBytes
    private var counter = Counter()
    private var chunk: [UInt8] = []

    init(_ cipher: ChunkCipher, key: consuming SecretBytes) {
      self.cipher = cipher
      self.key = key
      chunk.reserveCapacity(Opener.sealedByteCount)
    }

    mutating func update(_ sealed: Span<UInt8>, into output: inout [UInt8]) throws(CipherError) {
      var start = 0
      while start < sealed.count {
        if chunk.count == Opener.sealedByteCount {
          let nonce = counter.next(isLast: false)
          try cipher.open(chunk.span, key: key, nonce: nonce, into: &output)
          chunk.removeAll(keepingCapacity: true)
        }
        let end = min(sealed.count, start + Opener.sealedByteCount - chunk.count)
        chunk.append(copying: sealed.extracting(start..<end))
        start = end
      }
    }

    mutating func finish(into output: inout [UInt8]) throws(CipherError) {
      // An empty last chunk has one meaning: an empty text.
      guard counter.isFirst || chunk.count > ChunkCipher.tagByteCount else { throw CipherError(code: .notAuthentic) }
      let nonce = counter.next(isLast: true)
      try cipher.open(chunk.span, key: key, nonce: nonce, into: &output)
    }
  }
}
