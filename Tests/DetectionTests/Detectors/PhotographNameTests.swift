import Detection
import Testing

struct PhotographNameTests {
  @Test(arguments: [
    "⟦face_front_001.jpg⟧",
    "⟦DSC_0441.JPG⟧",
    "⟦patient_photo.png⟧",
    "frames ⟦DSC_0073.NEF⟧ (full face)",
    "\"portrait\": {\"crop\": \"⟦lic_0987_portrait.png⟧\"",
  ])
  func `finds file names of photographs of people`(_ marked: String) {
    #expect(remarked(marked, by: [PhotographName()]) == marked)
  }

  @Test(arguments: [
    "report.pdf",
    "front_of_license.jpg",
    " ct_axial_12.png",
    "page.html",
  ])
  func `leaves other files`(_ marked: String) {
    #expect(remarked(marked, by: [PhotographName()]) == marked)
  }
}
