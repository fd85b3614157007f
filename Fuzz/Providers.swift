import Bytes
import PHI
import Providers

/// Reads any bytes as a request, an answer and a stream of each operation in turn.
///
/// The first byte chooses the operation and what the rest is, the second where a stream is cut; nothing may trap, a request
/// without edits must leave as one, and a stream must leave the same wherever it is cut.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  guard bytes.count >= 2 else { return 0 }
  let operations = Operation.allCases
  let operation = operations[Int(bytes[0]) / 3 % operations.count]
  let source = Array(bytes.dropFirst(2))
  switch bytes[0] % 3 {
  case 0:
    guard let request = try? ModelRequest(source, for: operation) else { return 0 }
    use(request, at: Int(bytes[1]))
  case 1: _ = try? ModelAnswer(rewriting: source, for: operation) { _ in Marker() }
  default:
    let cut = source.count * Int(bytes[1]) / 255
    guard rewritten(source, operation, cut) == rewritten(source, operation, 0) else { fatalError("cut matters") }
  }
  return 0
}

private func use(_ request: ModelRequest, at place: Int) {
  guard (try? ModelRequest(request.body(replacing: []), for: request.operation)) != nil else {
    fatalError("broken without an edit")
  }
  let view = request.view
  guard firstInvalidUTF8(in: view) == nil else { fatalError("shown as no UTF-8") }
  var start = view.count * place / 256
  while start < view.count, view[start] & 0xC0 == 0x80 { start += 1 }
  let edited = request.body(replacing: [Edit(start..<view.count, with: Array("\"é\\".utf8))])
  do throws(ProviderError) {
    _ = try ModelRequest(edited, for: request.operation)
  } catch {
    // Two names may be edited to be the same.
    guard error.code == .malformedJSON(.duplicateName) else { fatalError("an edit broke the body") }
  }
}

private func rewritten(_ stream: [UInt8], _ operation: Operation, _ cut: Int) -> [UInt8]? {
  var editor = AnswerStream(for: operation) { _ in Marker() }
  var output: [UInt8] = []
  do throws(ProviderError) {
    try editor.receive(stream.span.extracting(0..<cut), into: &output)
    try editor.receive(stream.span.extracting(cut..<stream.count), into: &output)
    try editor.finish(into: &output)
    return output
  } catch {
    return nil
  }
}

/// Puts two letters for every `NA`, and holds back an `N` at the end of a piece.
private struct Marker: TextRewriter {
  private var isHeld = false

  var trail: Bool { false }
  mutating func follow(_ trail: Bool) {}

  mutating func rewrite(_ text: Span<UInt8>, into output: inout [UInt8]) {
    for index in text.indices {
      let byte = text[index]
      if isHeld {
        isHeld = false
        if byte == 0x41 {
          output.append(contentsOf: "\"é".utf8)
          continue
        }
        output.append(0x4E)
      }
      if byte == 0x4E { isHeld = true } else { output.append(byte) }
    }
  }

  mutating func finish(into output: inout [UInt8]) {
    if isHeld { output.append(0x4E) }
    isHeld = false
  }
}
