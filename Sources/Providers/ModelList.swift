import Bytes

/// The answer to `GET /v1/models`.
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
  }

  /// The models, in the order to show them.
  package var models: [Model]

  /// A list of models.
  package init(_ models: [Model]) { self.models = models }

  /// The body of the answer.
  package var body: [UInt8] {
    let data = models.map { model in
      [
        "id": .string(model.id), "object": "model", "created": .integer(model.created),
        "owned_by": .string(model.owner),
      ]
        as JSONValue
    }
    return (["object": "list", "data": .array(data)] as JSONValue).bytes
  }
}
