import Detection
import Testing

struct VehicleNumberTests {
  @Test(arguments: [
    "VIN ⟦1HGCM82633A004352⟧",
    "pickup ⟦1FTEW1EP5MS511436⟧,",
    "license plate ⟦7ABC123⟧",
    "AK plate ⟦HKR 902⟧;",
    "plate ⟦XHT 88K⟧,",
    "partial plate ⟦BKR 6⟧,",
    "placard ⟦123456⟧",
  ])
  func `finds identification numbers, plates and placards`(_ marked: String) {
    #expect(remarked(marked, by: [VehicleNumber()]) == marked)
  }

  @Test(arguments: [
    "plate and 6 screws",
    "3.5 mm plate",
    "growth plate 2",
    "plate fixation with 8 screws",
  ])
  func `leaves plates of bone and food`(_ marked: String) {
    #expect(remarked(marked, by: [VehicleNumber()]) == marked)
  }
}
