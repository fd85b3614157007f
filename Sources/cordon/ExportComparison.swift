import ArgumentParser
import Bytes
import Ledger

/// `cordon log export --check`: says whether an export that arrived somewhere is whole.
struct ExportComparison {
  private let selection: ExportSelection
  private let file: String
  private let directory: DataDirectory
  private let isAlone: Bool

  init(selection: ExportSelection, file: String, _ directory: DataDirectory, _ isAlone: Bool) {
    self.selection = selection
    self.file = file
    self.directory = directory
    self.isAlone = isAlone
  }

  func run() throws {
    let verdict = try verdict()
    for line in ExportComparison.lines(of: verdict) { StandardOutput.line(line) }
    guard verdict.isWhole else { throw ExitCode(1) }
  }

  private func verdict() throws -> ExportCheck.Verdict {
    if isAlone { return try taken(ExportCheck(origin: nil)).alone(selection) }
    let key = try directory.reading { data throws(LedgerError) in try Custody.verifier(data: data) }
    let check = try taken(ExportCheck(origin: key.name))
    do throws(ExportError) {
      return try check.compared(withLogOf: directory.data, key: key, selection: selection)
    } catch {
      throw CommandFailure(error, directory.data)
    }
  }

  /// The check with every line of the file taken.
  private func taken(_ empty: ExportCheck) throws -> ExportCheck {
    var check = empty
    do throws(FileFailure) {
      let input = file == "-" ? .standard() : try InputFile(file)
      var buffer = [UInt8](repeating: 0, count: 1 << 18)
      var rest: [UInt8] = []
      while case let count = try input.read(into: &buffer, named: file), count > 0 {
        rest += buffer[..<count]
        var start = 0
        while let end = rest.span.firstIndex(of: 0x0A, from: start) {
          check.take(Array(rest[start..<end]))
          start = end + 1
        }
        rest.removeFirst(start)
      }
      if !rest.isEmpty { check.take(rest) }
    } catch {
      throw CommandFailure(.noInput, error.message)
    }
    return check
  }

  private static func lines(of verdict: ExportCheck.Verdict) -> [String] {
    var lines = ["records    \(verdict.records), \(verdict.repeated) of them repeated"]
    if let range = verdict.range { lines.append("entries    \(range.lowerBound) to \(range.upperBound)") }
    for range in verdict.missing.prefix(20) {
      lines.append("MISSING    \(range.lowerBound)" + (range.count > 1 ? " to \(range.upperBound)" : ""))
    }
    if verdict.missing.count > 20 { lines.append("MISSING    \(verdict.missing.count - 20) more ranges") }
    if let index = verdict.different { lines.append("BAD        entry \(index): it is not what the log has") }
    if let index = verdict.unexpected { lines.append("BAD        entry \(index): not in the log, or not selected") }
    if let line = verdict.otherLog { lines.append("BAD        line \(line): of another log") }
    if let line = verdict.unreadable { lines.append("BAD        line \(line): no record of an export") }
    if verdict.isUnknown { lines.append("BAD        no record: nothing says what should be there") }
    if verdict.isWhole { lines.append("whole      no entry is missing") }
    return lines
  }
}
