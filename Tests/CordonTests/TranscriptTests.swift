import Foundation
import TestKit
import Testing

/// Runs the terminal sessions in `Transcripts` against the built `cordon`.
///
/// A session is a text file. A line `$ …` is a command for the shell, lines `> …` below it continue it, and what
/// follows is what it prints, errors too, and `[exit N]` unless N is 0. Lines before the first command say what the
/// session shows. Each session has a folder of its own, `cordon` on its path, and the clock of the machine.
/// With `UPDATE_TRANSCRIPTS=1` the files are rewritten with what was printed.
struct TranscriptTests {
  @Test(arguments: try Transcript.all())
  func `prints what the transcript shows`(transcript: Transcript) throws {
    let played = try transcript.played()
    if ProcessInfo.processInfo.environment["UPDATE_TRANSCRIPTS"] == "1" {
      try played.text.write(to: transcript.file, atomically: true, encoding: .utf8)
    } else {
      #expect(played.text == transcript.text)
    }
  }
}

/// Runs the terminal sessions that the documentation shows, fenced as `console`.
struct DocumentedSessionTests {
  @Test(arguments: try Transcript.documented())
  func `prints what the document shows`(transcript: Transcript) throws {
    let played = try transcript.played()
    #expect(played.text == transcript.text)
  }
}

/// A terminal session: commands and what they print.
struct Transcript: Sendable, CustomTestStringConvertible {
  let file: URL
  let text: String

  var testDescription: String { file.deletingPathExtension().lastPathComponent }

  static func all() throws -> [Transcript] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Transcripts")
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    return try files.filter { $0.pathExtension == "txt" }.sorted { $0.path < $1.path }
      .map { Transcript(file: $0, text: try String(contentsOf: $0, encoding: .utf8)) }
  }

  /// The sessions in the README and the pages of `Docs`.
  static func documented() throws -> [Transcript] {
    let root = URL(filePath: #filePath).appending(path: "../../..").standardizedFileURL
    let pages = FileManager.default.enumerator(at: root.appending(path: "Docs"), includingPropertiesForKeys: nil)
    let files = [root.appending(path: "README.md")] + (pages?.compactMap { $0 as? URL } ?? [])
    return try files.filter { $0.pathExtension == "md" }.sorted { $0.path < $1.path }.flatMap { file in
      let page = try String(contentsOf: file, encoding: .utf8)
      return page.components(separatedBy: "\n```console\n").dropFirst().compactMap { rest in
        rest.components(separatedBy: "\n```").first.map { Transcript(file: file, text: $0 + "\n") }
      }
    }
  }

  /// The same commands with what they print now.
  func played() throws -> Transcript {
    let folder = FileManager.default.temporaryDirectory.appending(path: "cordon-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var lines: [String] = []
    var command: [String] = []
    func play() throws {
      guard !command.isEmpty else { return }
      lines += try Transcript.run(command.joined(separator: "\n"), in: folder)
      command = []
    }
    var sawCommand = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if line.hasPrefix("$ ") {
        try play()
        sawCommand = true
        command = [String(line.dropFirst(2))]
        lines.append(line)
      } else if line == ">" || line.hasPrefix("> "), !command.isEmpty {
        command.append(String(line.dropFirst(2)))
        lines.append(line)
      } else if !sawCommand {
        lines.append(line)
      }
    }
    try play()
    return Transcript(file: file, text: lines.joined(separator: "\n") + "\n")
  }

  private static func run(_ command: String, in folder: URL) throws -> [String] {
    let binary = try binary()
    let ending = try ChildProcess.run(
      "/bin/sh", ["-c", command],
      environment: [
        "PATH": "\(binary.deletingLastPathComponent().path):/usr/bin:/bin", "HOME": folder.path, "LC_ALL": "C.UTF-8",
        "COLUMNS": "100",
      ], in: folder.path)
    var lines = ending.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
    return ending.status == 0 ? lines : lines + ["[exit \(ending.status)]"]
  }

  /// The `cordon` that `CORDON_BINARY` names, or the one built beside the tests.
  private static func binary() throws -> URL {
    if let path = ProcessInfo.processInfo.environment["CORDON_BINARY"] { return URL(filePath: path) }
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let beside = URL(filePath: tests).deletingLastPathComponent()
    for folder in [beside, beside.deletingLastPathComponent()] {
      let binary = folder.appending(path: "cordon")
      if FileManager.default.isExecutableFile(atPath: binary.path) { return binary }
    }
    return URL(filePath: ".build/release/cordon")
  }
}
