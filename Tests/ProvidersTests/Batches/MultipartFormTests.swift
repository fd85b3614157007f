import Providers
import TestKit
import Testing

/// Forms as `multipart/form-data`, read and written.
struct MultipartFormTests {
  private static let type = "multipart/form-data; boundary=\"b x\""

  @Test func `reads fields as clients write them`() throws {
    let body =
      "preamble\r\n--b x\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n--b x \r\n"
      + "content-type: application/octet-stream\r\ncontent-disposition: form-data; filename=\"a \\\"b\\\".jsonl\"; name=file\r\n\r\n"
      + "{}\r\n--b\r\n\r\n--b x\r\ncontent-disposition: form-data; name=\"empty\"\r\n\r\n\r\n--b x--\r\nepilogue"
    #expect(
      try MultipartForm(Array(body.utf8), type: Self.type).fields == [
        MultipartForm.Field("purpose", Array("batch".utf8)),
        MultipartForm.Field("file", filename: "a \"b\".jsonl", Array("{}\r\n--b\r\n".utf8)),
        MultipartForm.Field("empty", []),
      ])
  }

  @Test func `reads back what it has written, whatever is in it`() throws {
    var random = SeededGenerator(seed: 3)
    for _ in 0..<200 {
      let content = (0..<Int.random(in: 0...60, using: &random)).map { _ -> UInt8 in
        [0x0D, 0x0A, 0x2D, 0x61, 0x00, 0xFF].randomElement(using: &random) ?? 0
      }
      let form = MultipartForm([
        MultipartForm.Field("a", content),
        MultipartForm.Field("file", filename: "x", content + Array("--cordon-7".utf8)),
      ])
      let (body, type) = form.written(boundary: "7")
      #expect(try MultipartForm(body, type: type) == form)
    }
  }

  @Test(arguments: [
    ("", type, MultipartForm.Fault.malformed), ("--b x--", "multipart/form-data", .type),
    ("--b x--", "application/json", .type),
    ("--b x--", "multipart/form-data; boundary=", .type), ("--b x\r\n\r\nx\r\n--b x--", type, .malformed),
    ("--b x\r\ncontent-disposition: form-data; name=a\r\n\r\nx", type, .malformed),
    ("--b x\r\ncontent-disposition: form-data\r\n\r\nx\r\n--b x--", type, .malformed),
    ("--b x\r\ncontent-disposition: form-data; name=a; name=b\r\n\r\nx\r\n--b x--", type, .malformed),
    ("--b x\r\ncontent-disposition: form-data; name=a\r\n\r\nx\r\n--b xy", type, .malformed),
    (
      "--b x\r\ncontent-disposition: form-data; name=a\r\ncontent-transfer-encoding: base64\r\n\r\nx\r\n--b x--", type,
      .encoded
    ),
    (
      String(repeating: "--b x\r\ncontent-disposition: form-data; name=a\r\n\r\n\r\n", count: 33) + "--b x--", type,
      .tooManyParts
    ),
  ])
  func `takes nothing else for a form`(_ body: String, _ type: String, _ fault: MultipartForm.Fault) {
    #expect(throws: fault) { try MultipartForm(Array(body.utf8), type: type) }
  }
}
