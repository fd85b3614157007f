import ArgumentParser
import Bytes
import EncryptedComputation

/// `cordon bench crypto`: how fast this machine encrypts, and what computing with encrypted numbers costs.
struct BenchCryptoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "crypto", abstract: "Measure AES-256-GCM and computing with encrypted numbers.",
    discussion: """
      Gives the throughput of AES-256-GCM in chunks of 64 KiB on one core, what it adds to copying in memory, to reading a
      file and to writing one durably, and how many times longer a sum over encrypted numbers takes than one over plain
      numbers. Every figure is the median of all runs, with the least and the most: of processor time, but for files,
      whose time is that of the wall. Files go to the folder of `--folder`, and are removed.
      """)

  @Option(name: .long, help: ArgumentHelp("How many runs.", valueName: "count"))
  var rounds = 9

  @Option(name: .long, help: ArgumentHelp("How many MiB are encrypted in each run.", valueName: "count"))
  var mebibytes = 64

  @Option(name: .long, help: ArgumentHelp("How many numbers are summed in each run.", valueName: "count"))
  var numbers = 1_000_000

  @Option(name: .long, help: ArgumentHelp("Where files are written and read.", valueName: "directory"))
  var folder = "."

  @Flag(name: .long, help: "Write JSON.")
  var json = false

  func validate() throws {
    guard (3...1000).contains(rounds), (1...1024).contains(mebibytes), (1...100_000_000).contains(numbers) else {
      throw ValidationError("give 3 to 1000 rounds, 1 to 1024 MiB and 1 to 100000000 numbers")
    }
  }

  func run() throws {
    let cipher = try CipherFigures(rounds: rounds, byteCount: mebibytes << 20, folder: folder)
    let sums = try Parameters.all.map { try SumFigures($0, rounds: rounds, count: numbers) }
    if json {
      let report: JSONValue = [
        "machine": .string(ThisMachine.description), "rounds": .integer(rounds), "bytes": .integer(mebibytes << 20),
        "numbers": .integer(numbers), "aes_256_gcm": cipher.json, "encrypted_sum": .array(sums.map(\.json)),
      ]
      StandardOutput.line(String(decoding: report.bytes, as: UTF8.self))
    } else {
      StandardOutput.line("machine    \(ThisMachine.description)")
      StandardOutput.line("runs       \(rounds); median (least to most)")
      for line in cipher.lines + sums.flatMap(\.lines) { StandardOutput.line(line) }
    }
  }
}
