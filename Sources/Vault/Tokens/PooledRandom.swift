import Glibc

/// The system's random numbers, asked for 32 at a time: a call of the kernel for each takes longer than what is done
/// with it.
struct PooledRandom: RandomNumberGenerator {
  // getentropy(3) gives at most 256 bytes, all of them or none.
  private static let count = 32

  private var pool: [UInt64] = []

  mutating func next() -> UInt64 {
    if pool.isEmpty { fill() }
    return pool.removeLast()
  }

  private mutating func fill() {
    var words = [UInt64](repeating: 0, count: PooledRandom.count)
    let status = unsafe words.withUnsafeMutableBytes { unsafe getentropy($0.baseAddress, $0.count) }
    if status != 0 {
      var system = SystemRandomNumberGenerator()
      for place in words.indices { words[place] = system.next() }
    }
    pool = words
  }
}
