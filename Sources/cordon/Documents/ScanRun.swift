import Bytes
import Deidentification
import Detection
import PHI
import Synchronization

/// One run of `scan` over documents.
struct ScanRun: Sendable {
  let scanner: Scanner
  let documents: [Document]
  let options: DocumentOptions
  let failures: Failures

  /// Writes what was found and returns how much that is.
  func run() async throws -> Int {
    let counts = Mutex(IdentifierCounts())
    let output: OrderedOutput
    do throws(FileFailure) {
      output = OrderedOutput(try outputFile(), separator: options.format == .json ? Array(",\n".utf8) : [])
    } catch {
      failures.report(error)
      return 0
    }
    let progress = ProgressBar(over: documents)
    if options.format == .json { output.write(Array("{\"documents\":[\n".utf8)) }
    await ParallelDocuments.forEach(documents.count, jobs: options.concurrency) { index in
      let document = documents[index]
      do {
        var result: [UInt8] = []
        let found = try scan(document, progress, into: &result)
        counts.withLock { $0.add(found) }
        output.put(result, at: index)
      } catch {
        output.put([], at: index) { failures.report(error, about: document) }
      }
    }
    progress.finish()
    let total = counts.withLock { $0 }
    if options.format == .json { output.write(ending(total)) }
    do throws(FileFailure) {
      if let failure = output.failure { throw failure }
      try output.commit()
    } catch {
      failures.report(error)
    }
    return total.total
  }

  private func outputFile() throws(FileFailure) -> OutputFile {
    guard let path = options.output else { return OutputFile() }
    return try OutputFile(path)
  }

  private func scan(
    _ document: Document, _ progress: ProgressBar, into result: inout [UInt8]
  ) throws -> IdentifierCounts {
    var stream = ScanStream(scanner)
    var report = ScanReport(document.name, as: options.format, offsets: options.offsets)
    var counts = IdentifierCounts()
    func drain() throws {
      while let window = try stream.next() {
        for finding in window.findings { counts[finding.identifier] += 1 }
        report.append(window)
      }
    }
    try DocumentReader.read(document, advancing: progress) { piece in
      try stream.push(piece)
      try drain()
    }
    try stream.finish()
    try drain()
    result = report.finished()
    return counts
  }

  private func ending(_ counts: IdentifierCounts) -> [UInt8] {
    let value = JSONValue.object(counts.present.map { JSONMember($0.identifier.label, .integer($0.count)) })
    return Array("\n],\"counts\":".utf8) + value.bytes + Array("}\n".utf8)
  }
}
