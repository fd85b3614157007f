import ArgumentParser
import Bytes
import Ciphers
import Ledger

/// `cordon log prove`: the hashes that prove an entry, or that one state of the log extends another.
struct LogProveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove", abstract: "Print the proof of an entry, or that the log only grew.",
    discussion: """
      The proofs are those of RFC 6962, leaf side first, a hash in base64 a line after the sizes and roots they are
      between. They are made from the tiles, each of which is checked against the published checkpoint. For a proof
      that is complete in itself see `cordon log receipt`.
      """)

  @OptionGroup var directory: DataDirectory

  @Argument(help: ArgumentHelp("The index of the entry.", valueName: "index"))
  var index: UInt64?

  @Option(name: .long, help: ArgumentHelp("Prove it in the log of this size, not the newest.", valueName: "size"))
  var size: UInt64?

  @Option(name: .long, help: ArgumentHelp("Prove that the log of this size is a beginning.", valueName: "size"))
  var from: UInt64?

  @Option(name: .long, help: ArgumentHelp("Of the log of this size, not the newest.", valueName: "size"))
  var to: UInt64?

  func validate() throws {
    let isInclusion = index != nil && from == nil && to == nil
    let isConsistency = index == nil && size == nil && from != nil
    guard isInclusion || isConsistency else {
      throw ValidationError("Give the index of an entry, or `--from` and, unless it is the newest, `--to`.")
    }
  }

  func run() throws {
    let lines = try directory.reading { data throws(LedgerError) in
      var tiles = try TileReader(data: data, key: Custody.verifier(data: data))
      return if let index {
        try LogProveCommand.inclusion(of: index, in: size ?? tiles.checkpoint.size, &tiles)
      } else {
        try LogProveCommand.consistency(from: from ?? 0, to: to ?? tiles.checkpoint.size, &tiles)
      }
    }
    for line in lines { StandardOutput.line(line) }
  }

  private static func inclusion(
    of index: UInt64, in size: UInt64, _ tiles: inout TileReader
  ) throws(LedgerError) -> [String] {
    let proof = try tiles.inclusion(of: index, in: size)
    let leaf = try tiles.root(of: index..<index + 1)
    return [
      "index \(index)", "leaf \(Base64.encode(leaf.bytes))", "size \(size)",
      "root \(Base64.encode(try tiles.root(ofSize: size).bytes))",
    ] + proof.map { Base64.encode($0.bytes) }
  }

  private static func consistency(
    from old: UInt64, to size: UInt64, _ tiles: inout TileReader
  ) throws(LedgerError) -> [String] {
    let proof = try tiles.consistency(from: old, to: size)
    return [
      "old size \(old)", "old root \(Base64.encode(try tiles.root(ofSize: old).bytes))", "size \(size)",
      "root \(Base64.encode(try tiles.root(ofSize: size).bytes))",
    ] + proof.map { Base64.encode($0.bytes) }
  }
}
