import Glibc

/// Why the gateway could not listen on its address.
package struct ListenFailure: Error, Hashable, Sendable {
  package let address: String
  package let port: Int
  /// The system's error number.
  package let number: Int32

  /// Whether another program listens there.
  package var isInUse: Bool { number == EADDRINUSE }
}

extension ListenFailure: CustomStringConvertible {
  package var description: String {
    let reason = unsafe strerror(number).map { unsafe String(cString: $0).lowercased() } ?? "error \(number)"
    return "cannot listen on \(address):\(port): \(reason)"
  }
}
