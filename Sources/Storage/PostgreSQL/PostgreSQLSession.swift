#if canImport(CPostgreSQL)
internal import CPostgreSQL
import Glibc

/// What libpq keeps of one connection: with `PostgreSQLPlaces.swift` the only place where libpq is called.
@safe struct PostgreSQLSession: ~Copyable {
  /// More rows than any statement of Cordon's asks for.
  private static let mostRows = 10_000

  private let connection: OpaquePointer
  private let patience: Duration
  /// Whether an answer is on its way for which nobody waits any more, or was none: the connection is made anew.
  private var isLost = false

  init(_ address: String, patience: Duration) throws(StorageError) {
    // Later settings win: those in the address over these.
    let settings = [
      ("sslmode", "verify-full"), ("connect_timeout", "5"), ("application_name", "cordon"),
      ("tcp_user_timeout", "5000"), ("client_encoding", "UTF8"), ("options", "-c statement_timeout=5000"),
      ("dbname", address),
    ]
    let connection = unsafe PostgreSQLSession.withCStrings(settings.map(\.0)) { names in
      unsafe PostgreSQLSession.withCStrings(settings.map(\.1)) { values in
        unsafe PQconnectdbParams(names, values, 1)
      }
    }
    guard let connection = unsafe connection else { throw StorageError(.disconnected) }
    guard unsafe PQstatus(connection) == CONNECTION_OK else {
      unsafe PQfinish(connection)
      throw StorageError(.disconnected)
    }
    unsafe PostgreSQLSession.dropNotices(of: connection)
    unsafe self.connection = unsafe connection
    self.patience = patience
  }

  deinit { unsafe PQfinish(connection) }

  /// Runs one statement with its values in text format.
  ///
  /// The server is not trusted to answer, nor to answer with what was asked for.
  mutating func run(_ statement: String, _ values: [String?]) throws(StorageError) -> [PostgreSQLRow] {
    if unsafe isLost || PQstatus(connection) != CONNECTION_OK {
      unsafe PQreset(connection)
      guard unsafe PQstatus(connection) == CONNECTION_OK else { throw StorageError(.disconnected) }
      unsafe PostgreSQLSession.dropNotices(of: connection)
      isLost = false
    }
    // A text with a zero byte would be cut there.
    guard values.allSatisfy({ $0?.utf8.contains(0) != true }) else { throw StorageError(.invalidStatement) }
    let deadline = ContinuousClock.now + patience
    isLost = true
    unsafe PQsetnonblocking(connection, 1)
    let isSent = unsafe PostgreSQLSession.withCStrings(values) { pointers in
      unsafe PQsendQueryParams(connection, statement, Int32(values.count), nil, pointers, nil, nil, 0)
    }
    guard isSent == 1 else { throw StorageError(.disconnected) }
    unsafe PQsetSingleRowMode(connection)
    try flush(until: deadline)
    let rows = try answer(until: deadline)
    isLost = false
    return try rows.get()
  }

  /// Returns when the statement is on its way.
  private func flush(until deadline: ContinuousClock.Instant) throws(StorageError) {
    while true {
      switch unsafe PQflush(connection) {
      case 0: return
      case 1:
        guard waits(for: POLLIN | POLLOUT, until: deadline), unsafe PQconsumeInput(connection) == 1 else {
          throw StorageError(.disconnected)
        }
      default: throw StorageError(.disconnected)
      }
    }
  }

  /// The rows that the server answers with, or what it says went wrong; throws where it does not answer in order.
  private func answer(until deadline: ContinuousClock.Instant) throws(StorageError) -> Result<
    [PostgreSQLRow], StorageError
  > {
    var rows: [PostgreSQLRow] = []
    var failure: StorageError?
    // One row a result, and a few that have none.
    for _ in 0..<PostgreSQLSession.mostRows {
      while unsafe PQisBusy(connection) == 1 {
        guard waits(for: POLLIN, until: deadline), unsafe PQconsumeInput(connection) == 1 else {
          throw StorageError(.disconnected)
        }
      }
      guard let result = unsafe PQgetResult(connection) else {
        if let failure { return .failure(failure) }
        return .success(rows)
      }
      defer { unsafe PQclear(result) }
      switch unsafe PQresultStatus(result) {
      case PGRES_SINGLE_TUPLE, PGRES_TUPLES_OK: rows += unsafe PostgreSQLSession.rows(of: result)
      case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: break
      // No statement of Cordon's copies: who answers so waits for what never comes.
      case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH: throw StorageError(.corrupt)
      default: failure = unsafe failure ?? self.failure(of: result)
      }
    }
    throw StorageError(.corrupt)
  }

  /// Whether the socket is ready before the deadline.
  private func waits(for events: Int32, until deadline: ContinuousClock.Instant) -> Bool {
    while true {
      let rest = ContinuousClock.now.duration(to: deadline) / .milliseconds(1)
      var socket = pollfd(fd: unsafe PQsocket(connection), events: Int16(events), revents: 0)
      guard rest > 0, socket.fd >= 0 else { return false }
      let count = unsafe poll(&socket, 1, Int32(rest) + 1)
      guard count < 0, errno == EINTR else { return count > 0 }
    }
  }

  private static func rows(of result: OpaquePointer?) -> [PostgreSQLRow] {
    let columns = unsafe PQnfields(result)
    return unsafe (0..<PQntuples(result)).map { row in
      PostgreSQLRow(
        cells: (0..<columns).map { column in
          guard unsafe PQgetisnull(result, row, column) == 0, let cell = unsafe PQgetvalue(result, row, column) else {
            return nil
          }
          return unsafe String(cString: cell)
        })
    }
  }

  private func failure(of result: OpaquePointer?) -> StorageError {
    // PG_DIAG_SQLSTATE; the macro is a character constant, which is not imported as an Int32.
    let state = unsafe PQresultErrorField(result, 0x43).flatMap { unsafe SQLState(String(cString: $0)) }
    guard let state, unsafe PQstatus(connection) == CONNECTION_OK else { return StorageError(.disconnected) }
    return StorageError(state)
  }

  private static func dropNotices(of connection: OpaquePointer) {
    _ = unsafe PQsetNoticeReceiver(connection, { _, _ in }, nil)
  }

  private static func withCStrings<Result>(
    _ texts: [String?], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result
  ) -> Result {
    let bytes = texts.map { $0.map { Array($0.utf8CString) } }
    return unsafe withPointers(bytes[...], [], body)
  }

  private static func withPointers<Result>(
    _ texts: ArraySlice<[CChar]?>, _ pointers: [UnsafePointer<CChar>?],
    _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result
  ) -> Result {
    guard let first = texts.first else {
      // The list of keywords ends with a null pointer.
      return unsafe (pointers + [nil]).withUnsafeBufferPointer { unsafe body($0.baseAddress) }
    }
    guard let first else { return unsafe withPointers(texts.dropFirst(), pointers + [nil], body) }
    return unsafe first.withUnsafeBufferPointer { text in
      unsafe withPointers(texts.dropFirst(), pointers + [text.baseAddress], body)
    }
  }
}

extension StorageError {
  /// The error of a server that gave this state.
  init(_ state: SQLState) {
    let code: Code =
      switch (state.description.prefix(2), state.description) {
      case (_, "53100"): .full
      case (_, "25006"): .readOnly
      case (_, "55P03"), ("40", _): .inUse
      case ("08", _), ("28", _), (_, "57P01"), (_, "57P02"), (_, "57P03"): .disconnected
      case ("23", _): .constraint
      case ("22", _), ("42", _): .invalidStatement
      case ("58", _): .mediumFailed
      case ("XX", _): .corrupt
      default: .failed
      }
    self.init(code, state: state)
  }
}
#endif
