import COnnxRuntime

/// A model that the runtime has loaded, ready to classify tokens.
///
/// It may be used from several threads at once, as the runtime allows of its sessions.
final class Session: Sendable {
  /// How many labels the model tells apart.
  let labels: Int
  private let runtime: Runtime
  private let environment: UInt
  private let session: UInt
  private let memory: UInt
  private let inputs: [Input]
  private let output: String

  /// What the model is told of each token.
  enum Input: String, CaseIterable { case tokens = "input_ids", attention = "attention_mask", kinds = "token_type_ids" }

  /// Loads the model in the file at `path`, to run on so many threads.
  init(_ runtime: Runtime, model path: String, threads: Int, labels: Int) throws(TransformerError) {
    var environment: OpaquePointer?
    var options: OpaquePointer?
    var session: OpaquePointer?
    var memory: OpaquePointer?
    var isWhole = false
    defer {
      // INVARIANT: each is null or owned here; the options always end here, the others live on in a whole session.
      unsafe runtime.table.ReleaseSessionOptions(options)
      if !isWhole {
        unsafe runtime.table.ReleaseMemoryInfo(memory)
        unsafe runtime.table.ReleaseSession(session)
        unsafe runtime.table.ReleaseEnv(environment)
      }
    }
    try unsafe runtime.check(runtime.table.CreateEnv(CORDON_ONNX_LOG_FATAL, "cordon", &environment), "to start")
    try unsafe runtime.check(runtime.table.DisableTelemetryEvents(environment), "to keep quiet")
    try unsafe runtime.check(runtime.table.CreateSessionOptions(&options), "settings")
    try unsafe runtime.check(runtime.table.SetSessionLogSeverityLevel(options, CORDON_ONNX_LOG_FATAL), "to keep quiet")
    try unsafe runtime.check(
      runtime.table.SetSessionGraphOptimizationLevel(options, CORDON_ONNX_OPTIMIZE_ALL), "to optimise")
    try unsafe runtime.check(runtime.table.SetIntraOpNumThreads(options, Int32(clamping: threads)), "so many threads")
    try unsafe runtime.check(runtime.table.SetInterOpNumThreads(options, 1), "so many threads")
    try unsafe runtime.check(
      runtime.table.CreateSession(environment, path, options, &session), path, .modelRefused)
    try unsafe runtime.check(
      runtime.table.CreateCpuMemoryInfo(CORDON_ONNX_ARENA_ALLOCATOR, CORDON_ONNX_DEFAULT_MEMORY, &memory), "memory")
    let shape = unsafe ModelShape(runtime, session)
    inputs = try unsafe shape.inputs()
    output = try unsafe shape.output(labels: labels)
    self.labels = labels
    self.runtime = runtime
    self.environment = UInt(bitPattern: environment)
    self.session = UInt(bitPattern: session)
    self.memory = UInt(bitPattern: memory)
    isWhole = true
  }

  deinit {
    // INVARIANT: `init` took ownership of the three, and nothing else releases them.
    unsafe runtime.table.ReleaseMemoryInfo(OpaquePointer(bitPattern: memory))
    unsafe runtime.table.ReleaseSession(OpaquePointer(bitPattern: session))
    unsafe runtime.table.ReleaseEnv(OpaquePointer(bitPattern: environment))
  }

  /// The score of each label for each token, row by row.
  ///
  /// `tokens` are the rows of a batch, each of the same `width`; where `attention` is 0 a row is only filled up.
  func scores(tokens: [Int64], attention: [Int64], width: Int) throws(TransformerError) -> [Float] {
    precondition(width > 0 && tokens.count % width == 0 && attention.count == tokens.count, "rows are of one width")
    var columns = inputs.map { input in
      switch input {
      case .tokens: tokens
      case .attention: attention
      case .kinds: [Int64](repeating: 0, count: tokens.count)
      }
    }
    return try run(&columns, shape: [Int64(tokens.count / width), Int64(width)])
  }

  private func run(_ columns: inout [[Int64]], shape: [Int64]) throws(TransformerError) -> [Float] {
    // INVARIANT: the tensors point into `buffers`, which live until they are released.
    var values: [OpaquePointer?] = unsafe []
    var buffers: [UnsafeMutableBufferPointer<Int64>] = unsafe []
    var answer: OpaquePointer?
    defer {
      unsafe runtime.table.ReleaseValue(answer)
      unsafe values.forEach { unsafe runtime.table.ReleaseValue($0) }
      unsafe buffers.forEach { unsafe $0.deallocate() }
    }
    for column in columns {
      let buffer = UnsafeMutableBufferPointer<Int64>.allocate(capacity: column.count)
      _ = unsafe buffer.initialize(from: column)
      unsafe buffers.append(buffer)
      var value: OpaquePointer?
      try unsafe runtime.check(
        runtime.table.CreateTensorWithDataAsOrtValue(
          OpaquePointer(bitPattern: memory), buffer.baseAddress, column.count * MemoryLayout<Int64>.size, shape,
          shape.count, CORDON_ONNX_INT64, &value), "", .runFailed)
      unsafe values.append(value)
    }
    let names = inputs.map(\.rawValue)
    let status = unsafe CStrings(names + [output]).withPointers { pointers in
      unsafe values.withUnsafeBufferPointer { values in
        unsafe runtime.table.Run(
          OpaquePointer(bitPattern: session), nil, pointers.baseAddress, values.baseAddress, names.count,
          pointers.baseAddress.map { unsafe $0 + names.count }, 1, &answer)
      }
    }
    try unsafe runtime.check(status, "", .runFailed)
    return try unsafe scores(in: answer, shape: shape)
  }

  /// The numbers of an answer, whose shape must be that of the question with the labels beside.
  private func scores(in answer: OpaquePointer?, shape: [Int64]) throws(TransformerError) -> [Float] {
    let tensor = try unsafe ModelShape(runtime, nil).tensor(of: answer)
    guard tensor.element == CORDON_ONNX_FLOAT, tensor.shape == shape + [Int64(labels)] else {
      throw TransformerError(.meaninglessAnswer)
    }
    var start: UnsafeMutableRawPointer?
    try unsafe runtime.check(runtime.table.GetTensorMutableData(answer, &start), "", .runFailed)
    guard let start = unsafe start else { throw TransformerError(.meaninglessAnswer) }
    let count = Int(shape.reduce(Int64(labels), *))
    // INVARIANT: the runtime says that the tensor holds `count` numbers of this form, and it lives until they are copied.
    return unsafe Array(UnsafeBufferPointer(start: start.assumingMemoryBound(to: Float.self), count: count))
  }
}
