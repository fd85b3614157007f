#if canImport(CPostgreSQL)
internal import CPostgreSQL
import Synchronization

/// A connection to a PostgreSQL server by libpq; statements run one at a time.
///
/// Statements are constants and values are bound, always: no text from outside becomes part of a statement. Notices of
/// the server are dropped, and errors become codes, because both can quote values.
///
/// ## Transport
/// The address is libpq's (`postgresql://…` or `host=… dbname=…`), with `sslmode`, `sslrootcert` and the rest as
/// libpq reads them. Without an `sslmode` it is `verify-full`, not libpq's `prefer`, which falls back to clear text.
/// Sockets of the machine need none.
package final class PostgreSQLConnection: Sendable {
  private let session: Mutex<PostgreSQLSession>

  /// For how long a statement may take with its answer; the server's own limit ends it before that.
  package static let usualPatience = Duration.seconds(10)

  /// Connects to the server at `address`, and waits so long for each of its answers.
  package init(_ address: String, patience: Duration = PostgreSQLConnection.usualPatience) throws(StorageError) {
    session = Mutex(try PostgreSQLSession(address, patience: patience))
  }

  /// Runs one statement with its values, and returns the rows of its result.
  ///
  /// A connection that was lost is made anew first; the statement itself is never tried twice. A server that does not
  /// answer in time, or with something else than was asked for, has lost its connection.
  @discardableResult
  package func run(_ statement: StaticString, _ values: [PostgreSQLValue] = []) throws(StorageError) -> [PostgreSQLRow]
  {
    let result = session.withLock { session -> Result<[PostgreSQLRow], StorageError> in
      do throws(StorageError) {
        return .success(try session.run(statement.description, values.map(\.text)))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}
#endif
