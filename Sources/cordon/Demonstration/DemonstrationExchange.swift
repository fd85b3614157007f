import AsyncHTTPClient
import Bytes
import Ledger
import NIOCore
import NIOHTTP1
import ServiceLifecycle

/// One request through the running gateway, by a real HTTP client, and what to show of it.
struct DemonstrationExchange: Service {
  let client: HTTPClient
  let ports: AsyncStream<Int>
  let key: String
  let seen: SeenByModel
  let folder: String
  let staysOpen: Bool
  let width: Int

  func run() async throws {
    guard let port = await ports.first(where: { _ in true }) else { return }
    let answer = try await ask(port)
    StandardOutput.line("")
    let columns = Columns(
      [
        ("WHAT THE CLINICIAN TYPED", DemonstrationNote.text), ("WHAT THE MODEL SAW", seen.text),
        ("WHAT CAME BACK", answer),
      ], width: width)
    for line in columns.lines() { StandardOutput.line(line) }
    StandardOutput.line("")
    StandardOutput.line(try verdict())
    guard staysOpen else { return }
    StandardOutput.line(invitation(port))
    try? await gracefulShutdown()
  }

  private func ask(_ port: Int) async throws -> String {
    var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/v1/chat/completions")
    request.method = .POST
    request.headers = ["authorization": "Bearer \(key)", "content-type": "application/json"]
    let body: JSONValue = [
      "model": "loopback",
      "messages": [
        ["role": "system", "content": "Summarise the note for the next shift."],
        ["role": "user", "content": .string(DemonstrationNote.text)],
      ],
    ]
    request.body = .bytes(ByteBuffer(bytes: body.bytes))
    let response = try await client.execute(request, timeout: .seconds(20))
    let bytes = Array(try await response.body.collect(upTo: 1 << 20).readableBytesView)
    let content = try JSONValue(parsing: bytes)["choices"]?.array?.first?["message"]?["content"]?.string
    guard response.status == .ok, let content else {
      throw CommandFailure(.unavailable, "the gateway answered with status \(response.status.code)")
    }
    return content
  }

  private func verdict() throws -> String {
    let verification = try AuditLog.verify(data: folder, key: Custody.verifier(data: folder))
    guard verification.isWhole else { throw CommandFailure(.unavailable, "the log is not whole") }
    return "The log has \(verification.entries) entries, every byte of them checked: "
      + "`cordon log show --data \(folder)` prints them."
  }

  private func invitation(_ port: Int) -> String {
    """

    The gateway is running. Try it from another terminal:

      curl -N http://127.0.0.1:\(port)/v1/chat/completions \\
        -H 'authorization: Bearer \(key)' -H 'content-type: application/json' \\
        -d '{"model":"loopback","stream":true,"messages":[{"role":"user","content":"Pt: John Abernathy, MRN 4471-20, seen 03/02/2026. Plan: recheck in 2 weeks."}]}'

      OPENAI_BASE_URL=http://127.0.0.1:\(port)/v1 OPENAI_API_KEY=\(key) python3 -c '
      from openai import OpenAI
      note = "Pt: John Abernathy, MRN 4471-20, seen 03/02/2026. Plan: recheck in 2 weeks."
      print(OpenAI().chat.completions.create(model="loopback", messages=[{"role": "user", "content": note}]).choices[0].message.content)'

    Log and keys: \(folder)
    Ctrl-C ends it.
    """
  }
}
