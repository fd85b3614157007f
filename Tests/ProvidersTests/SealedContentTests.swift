import Bytes
import PHI
import Providers
import TestKit
import Testing

/// What stands beside bytes that nobody can search, where a use case lets the bytes pass.
struct SealedContentTests {
  private static let picture = Base64.encode([0x89, 0x50, 0x4E, 0x47] + bytes(2000))

  private static func bytes(_ count: Int) -> [UInt8] {
    var generator = SeededGenerator(seed: 11)
    return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
  }

  @Test(arguments: [
    (
      Operation.chatCompletions,
      #"{"type":"image_url","image_url":{"url":"data:image/png;base64,\#(picture)","detail":"low"}}"#, ""
    ),
    (
      .chatCompletions,
      #"{"type":"image_url","image_url":{"url":"data:image\/png;base64,\#(picture.replacing("/", with: "\\/"))"}}"#, ""
    ),
    (
      .chatCompletions, #"{"type":"image_url","image_url":{"url":"https://clinic.example/maria-gonzalez.png"}}"#,
      "url: https://clinic.example/maria-gonzalez.png"
    ),
    (
      .chatCompletions, #"{"type":"image_url","image_url":{"url":"data:image/png;name=maria.png;base64,\#(picture)"}}"#,
      "url: data:image/png;name=maria.png;base64,"
    ),
    (
      .chatCompletions,
      #"{"type":"image_url","image_url":{"url":"data:image/png;base64,\#(picture)","alt":"Maria Gonzalez"}}"#,
      "alt: Maria Gonzalez"
    ),
    (
      .chatCompletions, #"{"type":"file","file":{"filename":"Maria Gonzalez.pdf","file_data":"\#(picture)"}}"#,
      "filename: Maria Gonzalez.pdf"
    ),
    (.chatCompletions, #"{"type":"file","file":{"file_id":"file_MariaGonzalez"}}"#, "file_id: file Maria Gonzalez"),
    (.chatCompletions, #"{"type":"input_audio","input_audio":{"data":"\#(picture)","format":"wav"}}"#, ""),
    (
      .chatCompletions, #"{"type":"input_audio","input_audio":{"data":"Maria Gonzalez","format":"wav"}}"#,
      "data: Maria Gonzalez"
    ),
    (
      .chatCompletions,
      #"{"type":"input_audio","input_audio":{"data":"MariaGonzalezBornOnMarchFourteenthMedicalRecordNumberFourFourSevenOneNineZeroTwo"}}"#,
      "data: MariaGonzalezBornOnMarchFourteenthMedicalRecordNumberFourFourSevenOneNineZeroTwo"
    ),
    (
      .messages,
      #"{"type":"image","source":{"type":"base64","media_type":"image/png","data":"\#(picture)"},"title":"Ann"}"#,
      "title: Ann"
    ),
    (
      .messages, #"{"type":"image","source":{"type":"url","url":"https://clinic.example/ann.png"}}"#,
      "url: https://clinic.example/ann.png"
    ),
    (
      .messages,
      #"{"type":"document","title":"Ann","source":{"type":"base64","media_type":"application/pdf","data":"\#(picture)"}}"#,
      "Ann"
    ),
    (
      .responses, #"{"type":"input_image","image_url":"https://clinic.example/ann.png"}"#,
      "image_url: https://clinic.example/ann.png"
    ),
    (
      .responses,
      #"{"type":"input_file","filename":"Ann Lee.pdf","file_data":"data:application/pdf;base64,\#(picture)"}"#,
      "filename: Ann Lee.pdf"
    ),
  ])
  func `is shown like any other text`(_ operation: Operation, _ part: String, _ view: String) throws {
    let list = operation == .responses ? "input" : "messages"
    let body = Array(#"{"model":"m","\#(list)":[{"role":"user","content":[\#(part)]}]}"#.utf8)
    let request = try ModelRequest(body, for: operation)
    #expect(Set(request.uninspectable.map(\.reason)).isSubset(of: [.image, .audio, .file]))
    #expect(!request.uninspectable.isEmpty)
    #expect(text(request.view) == view)
    #expect(request.body(replacing: []) == body)
  }

  @Test func `shows words in what only the vendor can read`() throws {
    let sealed = Base64URL.encode(Self.bytes(400))
    let words = "MariaGonzalezBornOnMarchFourteenthMedicalRecordNumber4471902AndHerHusbandJohnGonzalez"
    let said = Base64URL.encode(Self.bytes(60) + Array(" Maria Gonzalez was seen in the clinic ".utf8) + Self.bytes(60))
    for (content, view) in [
      (sealed, ""), (words, "encrypted_content: \(words)"), (said, " Maria Gonzalez was seen in the clinic "),
    ] {
      let body =
        #"{"model":"m","input":[{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"\#(content)"}]}"#
      let request = try ModelRequest(Array(body.utf8), for: .responses)
      #expect(text(request.view).contains(view))
      #expect(request.view.isEmpty == view.isEmpty)
      #expect(request.uninspectable.isEmpty)
    }
  }
}
