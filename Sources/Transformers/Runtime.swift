import COnnxRuntime

/// ONNX Runtime, loaded from a file while Cordon runs; nothing is linked with it.
///
/// Once loaded it stays until the process ends: it has threads of its own.
package struct Runtime: Sendable {
  private let address: UInt

  /// The runtime in the library at `path`.
  package init(_ path: String) throws(TransformerError) {
    var reason: Int32 = 0
    guard let table = unsafe cordon_onnx_open(path, &reason) else {
      switch reason {
      case 1: throw TransformerError(.runtimeMissing, path)
      case 3: throw TransformerError(.runtimeTooOld, path)
      default: throw TransformerError(.notARuntime, path)
      }
    }
    address = UInt(bitPattern: table)
  }

  /// The table of functions.
  ///
  /// INVARIANT: the library is never unloaded, and the address came from a table that it gave with no place empty.
  @unsafe var table: OrtApi {
    guard let table = unsafe UnsafePointer<OrtApi>(bitPattern: address) else { preconditionFailure("the table exists") }
    return unsafe table.pointee
  }

  /// The runtime's number of the error that `status` says happened, 0 when none did; the status is released.
  @unsafe func errorNumber(_ status: OpaquePointer?) -> Int {
    guard let status = unsafe status else { return 0 }
    let number = unsafe table.GetErrorCode(status)
    unsafe table.ReleaseStatus(status)
    return Int(number == 0 ? -1 : number)
  }

  /// Throws the error that `status` says happened while `name` was asked for.
  @unsafe func check(
    _ status: OpaquePointer?, _ name: String, _ code: TransformerError.Code = .runtimeRefused
  ) throws(TransformerError) {
    let number = unsafe errorNumber(status)
    if number != 0 { throw TransformerError(code, name, number: number) }
  }
}
