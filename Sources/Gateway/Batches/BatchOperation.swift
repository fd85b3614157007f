import HTTPTypes
import Providers

/// What a caller asks of the files and batches that a vendor keeps, by the names that log entries carry.
package enum BatchOperation: String, CaseIterable, Hashable, Sendable {
  case createFile = "files.create"
  case listFiles = "files.list"
  case file = "files.retrieve"
  case fileContent = "files.content"
  case deleteFile = "files.delete"
  case createBatch = "batches.create"
  case listBatches = "batches.list"
  case batch = "batches.retrieve"
  case cancelBatch = "batches.cancel"
  case createMessageBatch = "messageBatches.create"
  case listMessageBatches = "messageBatches.list"
  case messageBatch = "messageBatches.retrieve"
  case cancelMessageBatch = "messageBatches.cancel"
  case deleteMessageBatch = "messageBatches.delete"
  case messageBatchResults = "messageBatches.results"

  /// Whose conventions it follows.
  var dialect: Operation.Dialect {
    switch self {
    case .createFile, .listFiles, .file, .fileContent, .deleteFile, .createBatch, .listBatches, .batch, .cancelBatch:
      .openAI
    case .createMessageBatch, .listMessageBatches, .messageBatch, .cancelMessageBatch, .deleteMessageBatch,
      .messageBatchResults:
      .anthropic
    }
  }

  /// Where it is asked for, with `{id}` in the place of the object's id.
  var path: String { "/v1" + endpoint }

  /// The part of the path behind the version of the interface.
  var endpoint: String {
    switch self {
    case .createFile, .listFiles: "/files"
    case .file, .deleteFile: "/files/{id}"
    case .fileContent: "/files/{id}/content"
    case .createBatch, .listBatches: "/batches"
    case .batch: "/batches/{id}"
    case .cancelBatch: "/batches/{id}/cancel"
    case .createMessageBatch, .listMessageBatches: "/messages/batches"
    case .messageBatch, .deleteMessageBatch: "/messages/batches/{id}"
    case .cancelMessageBatch: "/messages/batches/{id}/cancel"
    case .messageBatchResults: "/messages/batches/{id}/results"
    }
  }

  /// The method by which it is asked for.
  var method: HTTPRequest.Method {
    switch self {
    case .createFile, .createBatch, .cancelBatch, .createMessageBatch, .cancelMessageBatch: .post
    case .deleteFile, .deleteMessageBatch: .delete
    case .listFiles, .file, .fileContent, .listBatches, .batch, .listMessageBatches, .messageBatch,
      .messageBatchResults:
      .get
    }
  }

  /// Those that one path has, for each path, in the order of the paths.
  static let paths: [[BatchOperation]] = allCases.reduce(into: []) { paths, operation in
    if let place = paths.firstIndex(where: { $0.first?.path == operation.path }) {
      paths[place].append(operation)
    } else {
      paths.append([operation])
    }
  }

  /// The parts of each path, and which of them is an id.
  private static let patterns = paths.map { operations in
    let parts = parts(of: operations.first?.path ?? "")
    return (operations: operations, parts: parts, id: parts.firstIndex(of: "{id}"))
  }

  private static func parts(of path: String) -> [Substring] {
    path.split(separator: "/", omittingEmptySubsequences: false)
  }

  /// What can be asked for at a path, and the id in it; nil where nothing can.
  static func at(_ path: String) -> (operations: [BatchOperation], id: String?)? {
    let parts = parts(of: path)
    for pattern in patterns where pattern.parts.count == parts.count {
      guard parts.indices.allSatisfy({ $0 == pattern.id ? !parts[$0].isEmpty : parts[$0] == pattern.parts[$0] })
      else { continue }
      return (pattern.operations, pattern.id.map { String(parts[$0]) })
    }
    return nil
  }

  /// Whether its answer is JSONL, which comes line by line.
  var isDownload: Bool { self == .fileContent || self == .messageBatchResults }

  /// Whether its body has requests, which name whom they are about themselves.
  var bringsRequests: Bool { self == .createFile || self == .createMessageBatch }

  /// Whether it ends what the vendor keeps, or is still to be done there: an agreement that is over asks for it
  /// (45 CFR 164.504(e)(2)(ii)(J)).
  var ends: Bool {
    switch self {
    case .deleteFile, .cancelBatch, .cancelMessageBatch, .deleteMessageBatch: true
    default: false
    }
  }
}
