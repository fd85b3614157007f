import Foundation

/// Where redacted documents go.
enum RedactionDestination: Sendable {
  /// All of them to standard output.
  case standardOutput
  /// All of them to one file.
  case file(String)
  /// Each to a file of its own, with the tree of the input.
  case directory(String)

  /// Where the options want `documents`, or why that cannot be.
  init(_ options: DocumentOptions, for documents: [Document]) throws {
    let isTree = documents.count > 1 || options.paths.contains { DocumentWalk.isDirectory($0, followingLinks: true) }
    switch (options.output, options.format) {
    case (nil, .text) where isTree:
      throw UsageFailure(
        "several documents cannot go to standard output as text", help: "use `--output DIR` or `--format jsonl`")
    case (nil, _): self = .standardOutput
    case (let output?, .text) where isTree || DocumentWalk.isDirectory(output, followingLinks: true):
      self = .directory(output)
    case (let output?, _): self = .file(output)
    }
    try refuseOverwriting(documents)
  }

  /// The file that a document goes to; nil for standard output.
  func path(for document: Document) -> String? {
    switch self {
    case .standardOutput: nil
    case .file(let path): path
    case .directory(let directory): directory + "/" + document.relativePath
    }
  }

  /// Makes the directories above the file of a document.
  func makeDirectories(for document: Document) throws(FileFailure) {
    guard case .directory = self, let path = path(for: document) else { return }
    let parent = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    do {
      try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
    } catch {
      throw .writing(parent, ENOTDIR)
    }
  }

  private func refuseOverwriting(_ documents: [Document]) throws {
    let inputs = Set(documents.compactMap { $0.path.flatMap(FileIdentity.init) })
    var targets: Set<String> = []
    for document in documents {
      guard let target = path(for: document) else { return }
      if let identity = FileIdentity(target), inputs.contains(identity) {
        throw UsageFailure(
          "`\(target)` is an input and would be overwritten", help: "write to another file or directory")
      }
      if case .directory = self, !targets.insert(target).inserted {
        throw UsageFailure(
          "two documents would become `\(target)`", help: "name their directories in runs of their own")
      }
    }
  }
}
