import Vault

extension Gateway {
  /// Answers a call about files and batches: decide, de-identify, record, forward, restore, record, release.
  package func answer(_ call: BatchCall) async -> Reply {
    metrics.changeInFlight(by: 1)
    let reply: Reply
    do throws(TurnedAway) {
      reply = try await carry(call)
    } catch {
      reply = error.reply
    }
    if case .whole = reply.body { metrics.changeInFlight(by: -1) }
    return reply
  }

  private func carry(_ call: BatchCall) async throws(TurnedAway) -> Reply {
    let work = try await work(on: call)
    return switch call.operation {
    case .createFile: try await work.createFile()
    case .listFiles: try await work.listFiles()
    case .file: try await work.retrieve(.file)
    case .fileContent: try await work.download(.file)
    case .deleteFile: try await work.delete(.file)
    case .createBatch: try await work.createBatch()
    case .listBatches: try await work.listBatches(.batch)
    case .batch: try await work.retrieve(.batch)
    case .cancelBatch: try await work.cancel(.batch)
    case .createMessageBatch: try await work.createMessageBatch()
    case .listMessageBatches: try await work.listBatches(.messageBatch)
    case .messageBatch: try await work.retrieve(.messageBatch)
    case .cancelMessageBatch: try await work.cancel(.messageBatch)
    case .deleteMessageBatch: try await work.delete(.messageBatch)
    case .messageBatchResults: try await work.download(.messageBatch)
    }
  }
}
