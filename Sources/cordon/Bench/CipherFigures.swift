import Bytes
import Ciphers
import Glibc

/// AES-256-GCM: how fast, and what it adds to copying, to reading and to durable writing.
struct CipherFigures {
  private let byteCount: Int
  private let copy, seal, open: Measurement
  private let read, write: Measurement

  /// How many bytes are taken at a time; what they become is written over what the ones before became.
  private static let pieceByteCount = 1 << 20

  init(rounds: Int, byteCount: Int, folder: String) throws {
    self.byteCount = byteCount
    var random = SystemRandomNumberGenerator()
    var words = SplitMix64(seed: random.next())
    let text = [UInt8](randomCount: byteCount, using: &words)
    let key = SecretBytes(count: 32, using: &random)
    var sealed: [UInt8] = []
    try CipherFigures.seal(text, key) { sealed += $0 }

    var target = [UInt8](repeating: 0, count: CipherFigures.pieceByteCount)
    copy = Measurement.seconds(rounds, by: .processor) { CipherFigures.copy(text, into: &target) }
    seal = try Measurement.seconds(rounds, by: .processor) { try CipherFigures.seal(text, key) { Sink.take($0) } }
    open = try Measurement.seconds(rounds, by: .processor) {
      var opening = try CipherFigures.Opening(key)
      for piece in CipherFigures.pieces(sealed.count) { try opening.take(sealed.span.extracting(piece)) }
      try opening.finish()
    }

    let file = MeasuredFile(folder, "plain")
    write = try Measurement.seconds(rounds, by: .wall) {
      try file.write { file in
        for piece in CipherFigures.pieces(text.count) { try file.append(text.span.extracting(piece)) }
      }
    }
    read = try Measurement.seconds(rounds, by: .wall) {
      try file.read(by: CipherFigures.pieceByteCount) { Sink.take($0[0]) }
    }
  }

  var lines: [String] {
    [
      "", "AES-256-GCM, chunks of 64 KiB, \(byteCount >> 20) MiB, one core",
      "  seal                  \(rate(seal).text(2)) GB/s",
      "  open                  \(rate(open).text(2)) GB/s",
      "  copy in memory        \(rate(copy).text(2)) GB/s",
      "  read a cached file    \(rate(read).text(2)) GB/s",
      "  write a file durably  \(rate(write).text(2)) GB/s",
      "overhead: the cipher's time to that of",
      "  copying in memory     \(Rounded.text(overhead(seal, copy), decimals: 1)) %",
      "  reading a cached file \(Rounded.text(overhead(open, read), decimals: 1)) %",
      "  writing durably       \(Rounded.text(overhead(seal, write), decimals: 1)) %",
    ]
  }

  var json: JSONValue {
    [
      "seal_gb_per_second": rate(seal).json, "open_gb_per_second": rate(open).json,
      "copy_gb_per_second": rate(copy).json, "read_gb_per_second": rate(read).json,
      "durable_write_gb_per_second": rate(write).json,
      "overhead_percent_over_copy": number(overhead(seal, copy)),
      "overhead_percent_over_read": number(overhead(open, read)),
      "overhead_percent_over_durable_write": number(overhead(seal, write)),
    ]
  }

  private func number(_ value: Double) -> JSONValue { .number(Rounded.text(value, decimals: 3)) }

  private func rate(_ seconds: Measurement) -> Measurement { seconds.mapped { Double(byteCount) / 1e9 / $0 } }

  /// What the cipher's own time is of the time without it, by medians, in percent.
  private func overhead(_ cipher: Measurement, _ plain: Measurement) -> Double { 100 * cipher.median / plain.median }

  private static let purpose = "cordon bench v1"

  private static func pieces(_ count: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: pieceByteCount).map { $0..<min(count, $0 + pieceByteCount) }
  }

  @inline(never)
  private static func copy(_ text: [UInt8], into target: inout [UInt8]) {
    for piece in pieces(text.count) {
      unsafe target.withUnsafeMutableBytes { target in
        unsafe text.withUnsafeBytes { unsafe target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[piece])) }
      }
      Sink.take(target[piece.count / 2])
    }
  }

  private static func seal(
    _ text: [UInt8], _ key: borrowing SecretBytes, _ take: ([UInt8]) throws -> Void
  ) throws {
    var random = SystemRandomNumberGenerator()
    var output: [UInt8] = []
    output.reserveCapacity(2 * pieceByteCount)
    var sealer = try StreamSealer(key: key.derived(for: purpose), context: [], using: &random)
    for piece in pieces(text.count) {
      try sealer.update(text.span.extracting(piece), into: &output)
      try take(output)
      output.removeAll(keepingCapacity: true)
    }
    try sealer.finish(into: &output)
    try take(output)
  }

  private struct Opening: ~Copyable {
    private var opener: StreamOpener
    private var output: [UInt8] = []

    init(_ key: borrowing SecretBytes) throws(CipherError) {
      opener = try StreamOpener(key: key.derived(for: purpose), context: [])
      output.reserveCapacity(2 * pieceByteCount)
    }

    mutating func take(_ piece: Span<UInt8>) throws(CipherError) {
      output.removeAll(keepingCapacity: true)
      try opener.update(piece, into: &output)
      Sink.take(output.count)
    }

    mutating func finish() throws(CipherError) { try opener.finish(into: &output) }
  }
}

/// Where measured results go, so that none is left out for want of a use.
enum Sink {
  @inline(never)
  @_optimize(none)
  static func take<Value>(_ value: Value) {}
}
