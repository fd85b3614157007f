import Bytes

/// The models that a caller may ask for, as `GET /v1/models` and `GET /v1/models/{model}` show them.
package struct ModelList: Hashable, Sendable {
  /// A model that may be asked for.
  package struct Model: Hashable, Sendable {
    /// What requests call it.
    package var id: String
    /// Who offers it.
    package var owner: String
    /// When it was first offered, in seconds of Unix time.
    package var created: Int

    /// A model by its name.
    package init(id: String, owner: String, created: Int = 0) {
      self.id = id
      self.owner = owner
      self.created = created
    }

    /// The model by itself.
    package func body(in dialect: Operation.Dialect) -> [UInt8] { value(in: dialect).bytes }

    fileprivate func value(in dialect: Operation.Dialect) -> JSONValue {
      switch dialect {
      case .openAI:
        ["id": .string(id), "object": "model", "created": .integer(created), "owned_by": .string(owner)]
      case .anthropic:
        ["type": "model", "id": .string(id), "display_name": .string(id), "created_at": "1970-01-01T00:00:00Z"]
      }
    }
  }

  /// The models, in the order to show them.
  package var models: [Model]

  /// A list of models.
  package init(_ models: [Model]) { self.models = models }

  /// All of them, on one page.
  package func body(in dialect: Operation.Dialect) -> [UInt8] {
    let data = JSONValue.array(models.map { $0.value(in: dialect) })
    let body: JSONValue =
      switch dialect {
      case .openAI: ["object": "list", "data": data]
      case .anthropic:
        [
          "data": data, "has_more": false, "first_id": models.first.map { .string($0.id) } ?? .null,
          "last_id": models.last.map { .string($0.id) } ?? .null,
        ]
      }
    return body.bytes
  }
}
