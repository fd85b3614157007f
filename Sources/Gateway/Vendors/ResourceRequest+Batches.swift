import HTTPTypes
import Ledger
import Providers

extension ResourceRequest {
  /// A request about a file or a batch; `id` is the vendor's, nil where the request makes one.
  init(
    _ operation: BatchOperation, of id: String? = nil, body: (bytes: [UInt8], type: String)? = nil,
    version: InterfaceVersion, requestID: RequestID
  ) {
    let method: Method =
      switch operation.method {
      case .post: .post
      case .delete: .delete
      default: .get
      }
    self.init(
      method, operation.endpoint.replacing("{id}", with: id ?? ""), body: body, requestID: requestID.description)
    self.version = version
    if operation.isDownload { accepting = "application/binary" }
  }
}

extension Vendor {
  /// Whether it has files and batches of a dialect.
  func hasBatches(in dialect: Operation.Dialect) -> Bool {
    switch kind {
    case .openAI, .azureOpenAI: dialect == .openAI
    case .anthropic: dialect == .anthropic
    case .bedrock, .tools, .loopback: false
    }
  }
}
