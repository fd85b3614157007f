import ArgumentParser
import Bytes
import Deidentification
import Detection
import PHI

/// The mode in which another engine hands over texts, a line each, and reads an answer to each line.
///
/// Answers keep the order of the lines and are flushed before the worker waits for more, so a caller may write one line
/// and wait for its answer. Lines that are there already are worked on together, on several cores.
struct Worker: Sendable {
  /// What is done with each text.
  enum Work: Sendable {
    case scan(Scanner)
    case redact(Deidentifier)
  }

  /// The longest line that is answered; a longer one gets an error.
  static let longestLine = 256 << 20

  private static let pieceSize = 1 << 18
  private static let batchSize = 1 << 22
  /// Less work than this is done at once faster than it is handed to another core.
  private static let smallBatch = 1 << 15

  private let work: Work
  private let options: DocumentOptions
  private let failures = Failures()

  init(_ work: Work, _ options: DocumentOptions) {
    self.work = work
    self.options = options
  }

  /// Answers every line of the documents that the options name.
  func run() async throws {
    let documents = DocumentWalk.documents(at: options.paths, report: failures.report)
    if let output = options.output, let failure = UsageFailure.overwriting(output, readFrom: documents) {
      throw ExitCode(failure.report())
    }
    do throws(FileFailure) {
      var output = if let path = options.output { try OutputFile(path) } else { OutputFile() }
      for document in documents {
        do throws(FileFailure) {
          try await answer(document, to: output)
        } catch {
          failures.report(error)
        }
      }
      if failures.exitCode == nil { try output.commit() }
    } catch {
      failures.report(error)
    }
    if let code = failures.exitCode { throw code }
  }

  private func answer(_ document: Document, to output: borrowing OutputFile) async throws(FileFailure) {
    let input = try document.open()
    var lines = LineBuffer(limit: Worker.longestLine)
    var piece = [UInt8](repeating: 0, count: Worker.pieceSize)
    var lineNumber = 1
    var isAtEnd = false
    while !isAtEnd {
      var ready: [LineBuffer.Line] = []
      var taken = 0
      repeat {
        let count = try input.read(into: &piece, named: document.name)
        isAtEnd = count == 0
        taken += count
        ready += isAtEnd ? lines.finish() : lines.take(piece.span.extracting(0..<count))
      } while !isAtEnd && taken < Worker.batchSize && input.isReady
      let answers = await self.answers(to: ready, in: lines.bytes, from: lineNumber)
      for answer in answers where !answer.isEmpty { try output.write(answer) }
      lineNumber += ready.count
      lines.drop()
    }
  }

  /// The answers to `lines`, in order, in one piece for each task that wrote them.
  private func answers(to lines: [LineBuffer.Line], in bytes: [UInt8], from lineNumber: Int) async -> [[UInt8]] {
    let jobs = bytes.count < Worker.smallBatch ? 1 : min(options.concurrency, lines.count)
    guard jobs > 1 else { return [answer(lines[...], in: bytes, from: lineNumber)] }
    let share = max(1, (lines.count + 4 * jobs - 1) / (4 * jobs))
    return await withTaskGroup(of: (Int, [UInt8]).self) { group in
      var starts = Array(stride(from: 0, to: lines.count, by: share))[...]
      func add() {
        guard let start = starts.popFirst() else { return }
        group.addTask {
          let part = lines[start..<min(lines.count, start + share)]
          return (start, answer(part, in: bytes, from: lineNumber + start))
        }
      }
      for _ in 0..<jobs { add() }
      var parts: [Int: [UInt8]] = [:]
      for await (start, part) in group {
        parts[start] = part
        add()
      }
      return parts.sorted { $0.key < $1.key }.map(\.value)
    }
  }

  private func answer(_ lines: ArraySlice<LineBuffer.Line>, in bytes: [UInt8], from lineNumber: Int) -> [UInt8] {
    var output: [UInt8] = []
    for (offset, line) in lines.enumerated() {
      do throws(WorkerFailure) {
        switch line {
        case .tooLong:
          throw WorkerFailure(.lineTooLong, "the line is longer than \(Worker.longestLine >> 20) MiB")
        case .whole(let range):
          if isBlank(bytes.span.extracting(range)) { continue }
          try answer(WorkerRequest(bytes.span.extracting(range)), into: &output)
        }
      } catch {
        error.write(line: lineNumber + offset, into: &output)
      }
    }
    return output
  }

  private func answer(_ request: WorkerRequest, into output: inout [UInt8]) throws(WorkerFailure) {
    let done: (text: [UInt8]?, findings: [Finding])
    do throws(SecondOpinionFailure) {
      done = try result(of: request)
    } catch {
      failures.report(error)
      throw WorkerFailure(.detectionUnavailable, error.description, id: request.id)
    }
    output.append(contentsOf: "{\"id\":".utf8)
    output.append(contentsOf: request.id)
    if let text = done.text {
      output.append(contentsOf: ",\"text\":".utf8)
      JSONString.quote(text.span, into: &output)
    }
    var writer = FindingWriter(options.offsets)
    writer.append(done.findings, in: request.text.span)
    output.append(contentsOf: ",\"findings\":".utf8)
    output.append(contentsOf: writer.finished())
    output.append(contentsOf: "}\n".utf8)
  }

  /// What is found in a text, and the safe text if one is asked for.
  private func result(
    of request: WorkerRequest
  ) throws(SecondOpinionFailure) -> (text: [UInt8]?, findings: [Finding]) {
    switch work {
    case .scan(let scanner):
      var memory = DocumentMemory()
      let asking = request.known.map { scanner.knowing($0) } ?? scanner
      return (nil, try asking.findingsOrFailure(in: request.text, remembering: &memory))
    case .redact(let deidentifier):
      let redaction = try (request.known.map { deidentifier.knowing($0) } ?? deidentifier).redact(request.text)
      return (redaction.text, redaction.findings)
    }
  }

  /// Whether a line has nothing in it: such lines are passed over.
  private func isBlank(_ line: Span<UInt8>) -> Bool {
    for place in line.indices where !ASCII.isSpace(line[place]) { return false }
    return true
  }
}
