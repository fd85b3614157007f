/// What is done with the value of a field of a request.
enum Treatment {
  /// Left as it is and not shown, while it looks like a name of the protocol; shown like any other value if it does not.
  case structural
  /// Shown; of a string that is itself JSON, the strings and numbers in it are.
  case prose
  /// Shown after the field's name, which is a cue for what the value is.
  case labelled
  /// A message's content: a text, or parts.
  case content
  /// An object of this shape, or an array of them.
  case shape(RequestShape)
  /// Cannot be inspected unless it is null.
  case sealed(Uninspectable.Reason)
  /// One of the fields that the gateway itself must know.
  case model, messages, isStreaming, choiceCount, includesUsage, modalities, partType, answerFormat
  /// For the gateway and not for the vendor: cut out of the body.
  case gateway
}

/// The objects of a chat request.
///
/// The tables below list every field that is *not* shown as prose with its name; whatever is not listed is shown. The
/// dialect is the one that OpenAI documents for `POST /v1/chat/completions`.
enum RequestShape {
  case request, streamOptions, message, part, toolCall, calledFunction, calledCustom, tool, toolFunction, customTool
  case toolChoice, prediction, responseFormat, jsonSchema, schema, properties, logitBias, unknown

  struct Field {
    let name: String
    let bytes: [UInt8]
    let treatment: Treatment

    init(_ name: String, _ treatment: Treatment) {
      self.name = name
      self.bytes = Array(name.utf8)
      self.treatment = treatment
    }
  }

  /// What is done with a field that is not in the table.
  var others: Treatment {
    switch self {
    case .properties: .shape(.schema)
    case .logitBias: .structural
    default: .labelled
    }
  }

  /// Whether a name that is not in the table still belongs to the protocol, and is not shown.
  func isStructural(name: Span<UInt8>) -> Bool {
    switch self {
    case .properties: StructuralName.isProperty(name)
    case .logitBias: StructuralName.isTokenNumber(name)
    default: false
    }
  }

  func field(named name: Span<UInt8>) -> Field? {
    search: for field in fields where field.bytes.count == name.count {
      for index in name.indices where field.bytes[index] != name[index] { continue search }
      return field
    }
    return nil
  }

  private var fields: [Field] {
    switch self {
    case .request: RequestShape.requestFields
    case .streamOptions: RequestShape.streamOptionsFields
    case .message: RequestShape.messageFields
    case .part: RequestShape.partFields
    case .toolCall: RequestShape.toolCallFields
    case .calledFunction: RequestShape.calledFunctionFields
    case .calledCustom: RequestShape.calledCustomFields
    case .tool: RequestShape.toolFields
    case .toolFunction: RequestShape.toolFunctionFields
    case .customTool: RequestShape.customToolFields
    case .toolChoice: RequestShape.toolChoiceFields
    case .prediction: RequestShape.predictionFields
    case .responseFormat: RequestShape.responseFormatFields
    case .jsonSchema: RequestShape.jsonSchemaFields
    case .schema: RequestShape.schemaFields
    case .properties, .logitBias, .unknown: []
    }
  }
}
