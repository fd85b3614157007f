import Detection
import Testing

struct PersonNamesTests {
  @Test(arguments: [
    ("Seen by Dr. Odalys Brandt-Ito, MD.", ["NAME Odalys Brandt-Ito"]),
    ("Discussed with Dr. Price at noon.", ["NAME Price"]),
    ("Her daughter Penny will drive.", ["NAME Penny"]),
    ("Signed: Rowan T. Kwiatkowski, DO", ["NAME Rowan T. Kwiatkowski"]),
    ("Mr. O'Halloran's wife agrees.", ["NAME O'Halloran"]),
    ("Mr. O’Halloran agrees.", ["NAME O’Halloran"]),
    ("Dr. Margit Szabó called.", ["NAME Margit Szabó"]),
    ("Patient: Joost van der Veen III", ["NAME Joost van der Veen III"]),
    ("Patient: VANG, PA HOUA   Sex F", ["NAME VANG, PA HOUA"]),
    ("a 67-year-old male, Robert B., admitted today", ["NAME Robert B"]),
    ("her roommate (initials K.B.) left", ["NAME K.B"]),
    ("Worker: Bhekinkosi \"BK\" Dlamini   Sex M", ["NAME Bhekinkosi \"BK\" Dlamini"]),
  ])
  func `finds a name without its title, credentials and possessive`(_ text: String, _ expected: [String]) {
    #expect(found(text, by: NamesAndPlaces()) == expected)
  }

  @Test(arguments: [
    "Parkinson disease, Hodgkin lymphoma and a Foley catheter.", "Connolly et al. reported otherwise.",
    "The Kocher maneuver was performed with a Babcock clamp.", "Dr. X was consulted.",
    "Will may be discharged in May.", "Kellgren-Lawrence 4, Semmes-Weinstein intact.",
    "PAST MEDICAL HISTORY: none.", "", "Lisinopril 10 mg daily, Lasix held.", "Bruce protocol, 4 METS.",
  ])
  func `leaves eponyms, authors, drugs, months and headings`(_ text: String) {
    #expect(found(text, by: NamesAndPlaces()).isEmpty)
  }

  @Test(arguments: [
    ("this is doctor nkechi wells dictating", ["NAME nkechi wells"]),
    ("my name is vitoria", ["NAME vitoria"]),
    ("pettigrew that's p e t t i g r e w ok", ["NAME pettigrew", "NAME p e t t i g r e w"]),
  ])
  func `finds names in text without capitals after a cue`(_ text: String, _ expected: [String]) {
    #expect(found(text, by: NamesAndPlaces()) == expected)
  }

  @Test(arguments: [
    ("PID|||7||PENNER^ABRAM^K||", ["NAME PENNER^ABRAM^K"]),
    ("NM1*IL*1*HOLLOWAY*TAMSIN*R***MI*7~", ["NAME HOLLOWAY*TAMSIN*R"]),
    ("NM1*85*2*WILLOW CREEK*****XX*1~", ["FACILITY WILLOW CREEK"]),
    ("NM1*PR*2*BLUE CROSS*****PI*1~", []),
    ("OBR|1|||80048^BMP^C4", []),
  ])
  func `reads names cut by a message's delimiters`(_ text: String, _ expected: [String]) {
    #expect(found(text, by: NamesAndPlaces()) == expected)
  }

  @Test(arguments: ["Montreal class, Harvey-Bradshaw 4.", "read on a Hologic Selenia"])
  func `leaves two eponyms with a grade, and makers`(_ text: String) {
    #expect(found(text, by: NamesAndPlaces()).isEmpty)
  }
}
