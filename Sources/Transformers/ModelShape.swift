import COnnxRuntime

/// What a loaded model says of its inputs and outputs.
@unsafe struct ModelShape {
  private let runtime: Runtime
  private let session: OpaquePointer?

  init(_ runtime: Runtime, _ session: OpaquePointer?) {
    unsafe self.runtime = runtime
    unsafe self.session = session
  }

  /// A tensor's kind of number and its shape.
  struct Tensor {
    var element: Int32
    var shape: [Int64]
  }

  /// The model's inputs in its own order: each is one that token classification has, of whole numbers.
  func inputs() throws(TransformerError) -> [Session.Input] {
    var count = 0
    try unsafe runtime.check(runtime.table.SessionGetInputCount(session, &count), "the model's inputs")
    var inputs: [Session.Input] = []
    for index in 0..<count {
      let name = try unsafe name(at: index, runtime.table.SessionGetInputName)
      guard let input = Session.Input(rawValue: name) else {
        throw TransformerError(.unsupportedModel, "input `\(name)`")
      }
      let tensor = try unsafe tensor(at: index, runtime.table.SessionGetInputTypeInfo)
      guard tensor.element == CORDON_ONNX_INT64, tensor.shape.count == 2 else {
        throw TransformerError(.unsupportedModel, "input `\(name)` is not rows of 64-bit integers")
      }
      inputs.append(input)
    }
    guard inputs.contains(.tokens) else { throw TransformerError(.unsupportedModel, "no input `input_ids`") }
    return inputs
  }

  /// The name of the model's output: scores of so many labels.
  func output(labels: Int) throws(TransformerError) -> String {
    var count = 0
    try unsafe runtime.check(runtime.table.SessionGetOutputCount(session, &count), "the model's outputs")
    guard count > 0 else { throw TransformerError(.unsupportedModel, "no output") }
    let name = try unsafe name(at: 0, runtime.table.SessionGetOutputName)
    let tensor = try unsafe tensor(at: 0, runtime.table.SessionGetOutputTypeInfo)
    guard tensor.element == CORDON_ONNX_FLOAT, tensor.shape.count == 3,
      tensor.shape[2] == labels || tensor.shape[2] < 0
    else { throw TransformerError(.unsupportedModel, "output `\(name)` is not \(labels) scores for each token") }
    return name
  }

  /// The kind and shape of a value.
  func tensor(of value: OpaquePointer?) throws(TransformerError) -> Tensor {
    var shape: OpaquePointer?
    try unsafe runtime.check(runtime.table.GetTensorTypeAndShape(value, &shape), "", .meaninglessAnswer)
    defer { unsafe runtime.table.ReleaseTensorTypeAndShapeInfo(shape) }
    return try unsafe tensor(shape)
  }

  private func tensor(
    at index: Int, _ type: @convention(c) (OpaquePointer?, Int, UnsafeMutablePointer<OpaquePointer?>?) -> OpaquePointer?
  ) throws(TransformerError) -> Tensor {
    var info: OpaquePointer?
    try unsafe runtime.check(type(session, index, &info), "the model's types")
    defer { unsafe runtime.table.ReleaseTypeInfo(info) }
    var shape: OpaquePointer?
    try unsafe runtime.check(runtime.table.CastTypeInfoToTensorInfo(info, &shape), "the model's types")
    // INVARIANT: the shape belongs to `info` and is not released by itself; it is null when this is no tensor.
    guard unsafe shape != nil else { throw TransformerError(.unsupportedModel, "an input or output is no tensor") }
    return try unsafe tensor(shape)
  }

  private func tensor(_ shape: OpaquePointer?) throws(TransformerError) -> Tensor {
    var element: Int32 = 0
    try unsafe runtime.check(runtime.table.GetTensorElementType(shape, &element), "the model's types")
    var count = 0
    try unsafe runtime.check(runtime.table.GetDimensionsCount(shape, &count), "the model's types")
    guard count <= 8 else { throw TransformerError(.unsupportedModel, "a tensor of \(count) dimensions") }
    var dimensions = [Int64](repeating: 0, count: count)
    try unsafe runtime.check(runtime.table.GetDimensions(shape, &dimensions, count), "the model's types")
    return Tensor(element: element, shape: dimensions)
  }

  private func name(
    at index: Int,
    _ name:
      @convention(c) (
        OpaquePointer?, Int, OpaquePointer?, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
      ) -> OpaquePointer?
  ) throws(TransformerError) -> String {
    var allocator: OpaquePointer?
    try unsafe runtime.check(runtime.table.GetAllocatorWithDefaultOptions(&allocator), "memory")
    var start: UnsafeMutablePointer<CChar>?
    try unsafe runtime.check(name(session, index, allocator, &start), "the model's names")
    guard let start = unsafe start else { throw TransformerError(.unsupportedModel, "a nameless input or output") }
    // INVARIANT: the name ends in a zero byte and is owned here until it is given back to its allocator.
    defer { _ = unsafe runtime.errorNumber(runtime.table.AllocatorFree(allocator, start)) }
    return unsafe String(cString: start)
  }
}
