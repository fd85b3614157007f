import Detection
import Testing

struct BiometricIdentifierTests {
  @Test(arguments: [
    "voiceprint: ⟦vp_3f88c0a19d⟧,",
    "template ⟦HR-0014-7F⟧",
    "tenprint card ⟦TP-24-853396-E⟧",
    "\"face_embedding_id\": \"⟦fe:9d21-44b0-aa7e⟧\"",
    "fingerprint ID ⟦FP-99231⟧",
  ])
  func `finds templates and prints`(_ marked: String) {
    #expect(remarked(marked, by: [BiometricIdentifier()]) == marked)
  }

  @Test(arguments: [
    "palm 3 cm laceration",
    "iris normal 2 mm",
    "fingerprint taken",
  ])
  func `leaves findings on fingers and eyes`(_ marked: String) {
    #expect(remarked(marked, by: [BiometricIdentifier()]) == marked)
  }
}
