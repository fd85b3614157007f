import ArgumentParser
import Gateway
import Ledger

import struct Foundation.Data
import struct Foundation.URL

/// `cordon log receipt`: the proof of one entry, complete in itself; or the check of one.
struct LogReceiptCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "receipt", abstract: "Write the receipt of an entry, or check one without the log.",
    discussion: """
      A receipt is a C2SP tlog-proof: the path from the entry to a signed checkpoint, with the cosignatures of
      witnesses when there are some. Whoever has the entry's bytes and the log's verifier key can check it, by
      `cordon log receipt --check` or by a program of their own; it exits 0 when it holds and 1 when it does not.
      Of a request it is the receipt of the entry that closed it, or of the one that opened it while it is open. A receipt
      that is written without --key is of the log that the key beside it signed, which is said on standard error.
      """)

  @OptionGroup var directory: DataDirectory

  @Argument(help: ArgumentHelp("The index of the entry.", valueName: "index"))
  var index: UInt64?

  @Option(name: .long, help: ArgumentHelp("The entry of this request.", valueName: "id"))
  var request: RequestID?

  @Option(name: .long, help: ArgumentHelp("Write the receipt to this file.", valueName: "file"))
  var output: String?

  @Option(name: .long, help: ArgumentHelp("Check the receipt in this file.", valueName: "file"))
  var check: String?

  @Option(
    name: .long,
    help: ArgumentHelp("The file of the entry's bytes: read with `--check`, written without.", valueName: "file"))
  var entry: String?

  @OptionGroup var signed: LogKeyOptions

  @Option(
    name: .long, help: ArgumentHelp("With `--check`: a witness that must have cosigned.", valueName: "vkey"))
  var witness: [VerifierKey] = []

  func validate() throws {
    if check != nil {
      guard entry != nil, signed.key != nil, index == nil, request == nil, output == nil else {
        throw ValidationError("`--check` takes `--entry` and `--key`, and no index.")
      }
    } else if (index == nil) == (request == nil) || !witness.isEmpty {
      throw ValidationError("Give the index of an entry or `--request`, or check a receipt by `--check`.")
    }
  }

  func run() throws {
    if let check, let entry, let key = signed.key { return try self.check(check, of: entry, key) }
    let log = try signed.log(of: directory)
    let (receipt, bytes) = try directory.reading { data throws(LedgerError) in
      let index = if let index { index } else { try LogReceiptCommand.entry(of: request, in: log) }
      var writer = try ReceiptWriter(data: data, key: log.key, covering: index)
      return (try writer.receipt(of: index), try writer.entry(index))
    }
    if let entry { try write(bytes, to: entry) }
    if let output {
      try write(receipt.bytes, to: output)
    } else {
      StandardOutput.line(String(decoding: receipt.bytes.dropLast(), as: UTF8.self))
    }
  }

  private func check(_ file: String, of entry: String, _ key: VerifierKey) throws {
    guard let bytes = TextFile.contents(of: file) else { throw CommandFailure(.noInput, "cannot read \(file)") }
    guard let entryBytes = TextFile.contents(of: entry) else { throw CommandFailure(.noInput, "cannot read \(entry)") }
    guard let receipt = Receipt(parsing: bytes) else { throw CommandFailure(.unreadableInput, "\(file): no receipt") }
    let check = receipt.check(entryBytes.span, key: key, witnesses: WitnessPolicy(keys: witness))
    StandardOutput.line(check.description)
    guard case .holds = check else { throw ExitCode(1) }
  }

  private func write(_ bytes: [UInt8], to file: String) throws {
    do {
      try Data(bytes).write(to: URL(filePath: file))
    } catch {
      throw CommandFailure(.outputFailed, "cannot write \(file)")
    }
  }

  private static func entry(of request: RequestID?, in log: KeyedLog) throws(LedgerError) -> UInt64 {
    var reader = try EntryReader(data: log.data, signedBy: log.key)
    var found: UInt64?
    while let entry = try reader.next() {
      if entry.outline.request == request { found = entry.index }
    }
    guard let found else { throw LedgerError(.missing) }
    return found
  }
}
