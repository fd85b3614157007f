import Bytes
import Deidentification
import PHI
import Synchronization

/// One run of `redact` over documents.
struct RedactionRun: Sendable {
  let deidentifier: Deidentifier
  let documents: [Document]
  let destination: RedactionDestination
  let options: DocumentOptions
  let failures: Failures
  /// The book of random codes, if the profile draws any.
  var codebook: Codebook?

  /// Writes the documents and returns what was found in them.
  @discardableResult
  func run() async throws -> IdentifierCounts {
    let progress = ProgressBar(over: documents)
    defer { progress.finish() }
    return switch options.format {
    case .text: await texts(progress)
    case .json, .jsonl: try await values(progress)
    }
  }

  private func texts(_ progress: ProgressBar) async -> IdentifierCounts {
    let counts = Mutex(IdentifierCounts())
    await ParallelDocuments.forEach(documents.count, jobs: options.concurrency) { index in
      let document = documents[index]
      do {
        let found = try text(document, progress)
        counts.withLock { $0.add(found) }
      } catch {
        failures.report(error, about: document)
      }
    }
    return counts.withLock { $0 }
  }

  private func text(_ document: Document, _ progress: ProgressBar) throws -> IdentifierCounts {
    try destination.makeDirectories(for: document)
    guard let path = destination.path(for: document) else {
      // Output on a pipe cannot be taken back, so a file that is not text is refused before the first byte.
      if document.size != nil { try DocumentReader.check(document) }
      let output = OutputFile()
      return try redact(document, progress) { part throws(FileFailure) in try output.write(part.text) }
    }
    var output = try OutputFile(path)
    let counts = try redact(document, progress) { part throws(FileFailure) in try output.write(part.text) }
    try output.commit()
    return counts
  }

  private func values(_ progress: ProgressBar) async throws -> IdentifierCounts {
    let counts = Mutex(IdentifierCounts())
    let output: OrderedOutput
    switch options.format {
    case .json: output = OrderedOutput(try destination.outputFile(), separator: Array(",\n".utf8))
    case .text, .jsonl: output = OrderedOutput(try destination.outputFile())
    }
    if options.format == .json { output.write(Array("{\"documents\":[\n".utf8)) }
    await ParallelDocuments.forEach(documents.count, jobs: options.concurrency) { index in
      let document = documents[index]
      do {
        var value: [UInt8] = []
        let found = try self.value(document, progress, into: &value)
        if options.format == .jsonl { value.append(0x0A) }
        counts.withLock { $0.add(found) }
        output.put(value, at: index)
      } catch {
        output.put([], at: index) { failures.report(error, about: document) }
      }
    }
    if options.format == .json {
      let report = RedactionReport(deidentifier.profile, counts: counts.withLock { $0 })
      output.write(Array("\n],\"report\":".utf8) + report.json.bytes + Array("}\n".utf8))
    }
    try finish(output)
    return counts.withLock { $0 }
  }

  /// A partial result of several documents is not put in place of a whole one.
  private func finish(_ output: OrderedOutput) throws {
    if let failure = output.failure {
      failures.report(failure)
    } else if failures.exitCode == nil {
      do throws(FileFailure) {
        try output.commit()
      } catch {
        failures.report(error)
      }
    }
  }

  private func value(
    _ document: Document, _ progress: ProgressBar, into value: inout [UInt8]
  ) throws -> IdentifierCounts {
    var findings = FindingWriter(options.offsets)
    value.append(contentsOf: "{\"id\":".utf8)
    JSONString.quote(Array(document.name.utf8).span, into: &value)
    value.append(contentsOf: ",\"text\":\"".utf8)
    let counts = try redact(document, progress) { part in
      JSONString.escape(part.text.span, into: &value)
      findings.append(part.findings, in: part.source.span)
    }
    value.append(contentsOf: "\",\"findings\":".utf8)
    value.append(contentsOf: findings.finished())
    value.append(0x7D)
    return counts
  }

  private func redact(
    _ document: Document, _ progress: ProgressBar, _ body: (RedactionStream.Part) throws -> Void
  ) throws -> IdentifierCounts {
    var stream = RedactionStream(deidentifier)
    try DocumentReader.read(document, advancing: progress) { piece in
      try stream.push(piece)
      try write(&stream, body)
    }
    try stream.finish()
    try write(&stream, body)
    return stream.counts
  }

  /// Parts whose codes are not written down are not released.
  private func write(_ stream: inout RedactionStream, _ body: (RedactionStream.Part) throws -> Void) throws {
    while let part = try stream.next() {
      if let failure = codebook?.failure { throw failure }
      try body(part)
    }
  }
}

extension RedactionDestination {
  /// The one output of all documents.
  fileprivate func outputFile() throws(FileFailure) -> OutputFile {
    switch self {
    case .standardOutput: OutputFile()
    case .file(let path), .directory(let path): try OutputFile(path)
    }
  }
}
