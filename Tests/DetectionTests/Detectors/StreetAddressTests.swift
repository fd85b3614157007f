import Detection
import Testing

struct StreetAddressTests {
  @Test(arguments: [
    "at ⟦1209 N. Elm Street, Apt 4B⟧, Salem",
    "⟦45 Ridge Run, Unit 12⟧;",
    "⟦77 W 14th St #3⟧ ",
    "⟦221B Baker St⟧., London",
    "⟦3217 W. 53RD PL., 2ND FLR REAR⟧, CHICAGO",
    "lives at ⟦12 oak lane⟧",
    "⟦600 Pier Blvd⟧.",
    "⟦1822 W Agave Bend⟧, Chandler",
    "⟦40 Erie Plaza, 6th Floor⟧, Albany",
    "⟦1180 Elm Ave N⟧, Fargo",
  ])
  func `finds house number, street and unit as one`(_ marked: String) {
    #expect(remarked(marked, by: [StreetAddress()]) == marked)
  }

  @Test(arguments: [
    "mail to ⟦PO Box 1432⟧",
    "⟦P.O. Box 88⟧",
    "⟦RR 2 Box 119⟧",
    "off ⟦Route 66⟧",
    "⟦310 County Hwy 9⟧",
  ])
  func `finds boxes and routes`(_ marked: String) {
    #expect(remarked(marked, by: [StreetAddress()]) == marked)
  }

  @Test(arguments: [
    "corner of ⟦Main St and 4th Ave⟧",
    "⟦Hwy 20 and Pruett Rd⟧ outside",
    "⟦State St & 7th Ave⟧ (wrong)",
    "the ⟦2200 block of Eastlake⟧.",
    "⟦mile marker 14, Reno Creek Road⟧",
    "⟦Turnpike exit 14⟧;",
    "⟦1st Ave & Pine⟧ around",
  ])
  func `finds crossings, blocks, exits and mile posts`(_ marked: String) {
    #expect(remarked(marked, by: [StreetAddress()]) == marked)
  }

  @Test(arguments: [
    "on ⟦Baker Street⟧.",
    "'%⟦Plum Hollow Rd⟧%'",
  ])
  func `finds a street's name alone`(_ marked: String) {
    #expect(remarked(marked, by: [StreetAddress()]) == marked)
  }

  @Test(arguments: [
    "⟦20 Rue Hoche⟧, Lyon",
    "⟦Calle Mayor 5⟧",
    "⟦Strickstrasse 61⟧",
    "⟦Avenida Central 1277⟧",
    "⟦Via Roma 131⟧",
  ])
  func `finds street words of other languages`(_ marked: String) {
    #expect(remarked(marked, by: [StreetAddress()]) == marked)
  }

  @Test(arguments: [
    "RTC 2 WKS DR GOODMAN",
    "Arrival 0212 via EMS from home",
    "seen by Dr. Smith",
    "St. Mary Hospital",
    "Elm Street Medical Center",
    "2 drive-through visits",
    "Father Basil of St. Spyridon",
    "I-125 seed implant",
    "gastric US 0.9 mL/kg",
    "a #26 cutting loop",
    "hold 3 court dates",
    "US 1.8 cm nodule",
  ])
  func `leaves doctors, saints and institutions`(_ marked: String) {
    #expect(remarked(marked, by: [StreetAddress()]) == marked)
  }
}
