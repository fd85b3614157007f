/// Texts laid out as C wants them: each ended by a zero byte.
struct CStrings {
  private var bytes: [CChar] = []
  private var starts: [Int] = []

  init(_ texts: [String]) {
    for text in texts {
      starts.append(bytes.count)
      bytes.append(contentsOf: text.utf8CString)
    }
  }

  /// Calls `body` with a pointer to each text; they are valid only until it returns.
  @unsafe func withPointers<Result>(_ body: (UnsafeBufferPointer<UnsafePointer<CChar>?>) -> Result) -> Result {
    unsafe bytes.withUnsafeBufferPointer { bytes in
      let pointers = unsafe starts.map { start in unsafe bytes.baseAddress.map { unsafe $0 + start } }
      return unsafe pointers.withUnsafeBufferPointer { unsafe body($0) }
    }
  }
}
