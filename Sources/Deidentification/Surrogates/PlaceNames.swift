/// Names that many places share, so that none of them points to one, and the words for what a place is.
enum PlaceNames {
  static let towns = [
    "Franklin", "Clinton", "Madison", "Georgetown", "Salem", "Fairview", "Greenville", "Bristol", "Springfield",
    "Dover", "Oxford", "Milton", "Ashland", "Burlington", "Manchester", "Centerville", "Riverside", "Oakland",
    "Winchester", "Newport", "Lebanon", "Auburn", "Dayton", "Hudson", "Lexington", "Milford", "Cleveland", "Jackson",
    "Kingston", "Marion", "Chester", "Arlington", "Monroe", "Troy", "Union", "Warren", "Lakewood", "Plymouth",
    "Waverly", "Glendale",
  ]
  static let counties = [
    "Washington", "Jefferson", "Franklin", "Jackson", "Lincoln", "Madison", "Clay", "Montgomery", "Marion", "Union",
    "Monroe", "Wayne", "Greene", "Grant", "Warren", "Carroll", "Adams", "Lake", "Clark", "Johnson", "Douglas", "Lee",
  ]
  static let streets = [
    "Maple", "Oak", "Cedar", "Elm", "Pine", "Walnut", "Chestnut", "Willow", "Spruce", "Sycamore", "Poplar", "Hickory",
    "Lincoln", "Washington", "Jefferson", "Highland", "Prospect", "Meadow", "Ridge", "Hillcrest", "Park", "Lake",
    "Spring", "Church", "Mill", "Orchard", "Garden", "Sunset", "Valley", "Summit", "Forest", "Laurel", "Locust",
    "Dogwood",
  ]
  static let institutions = [
    "Lakeview", "Riverside", "Fairview", "Hillcrest", "Oakwood", "Brookside", "Meadowlands", "Northgate", "Westfield",
    "Eastbrook", "Summit", "Pinecrest", "Cedar Ridge", "Maplewood", "Stonebridge", "Willow Creek", "Clearwater",
    "Glenwood", "Harborview", "Greenfield", "Sunnyside", "Valley View", "Parkside", "Ridgeview", "Silver Lake",
  ]
  static let saints = [
    "Anne's", "Brendan's", "Clare's", "David's", "Edmund's", "Felix's", "Giles's", "Hilda's", "Ignatius's",
    "Julian's", "Kilian's", "Lucy's", "Martin's", "Monica's", "Oswald's", "Philip's", "Quentin's", "Rita's",
    "Stephen's", "Ursula's",
  ]
  static let streetKinds: Set = [
    "street", "st", "avenue", "ave", "av", "road", "rd", "lane", "ln", "drive", "dr", "court", "ct", "place", "pl",
    "boulevard", "blvd", "way", "circle", "cir", "terrace", "ter", "highway", "hwy", "parkway", "pkwy", "square",
    "sq", "trail", "trl", "alley", "loop", "plaza", "row", "pike", "turnpike",
  ]
  static let units: Set = [
    "apt", "apartment", "unit", "suite", "ste", "floor", "fl", "room", "rm", "building", "bldg", "lot", "no", "#",
  ]
  static let facilityKinds: Set = [
    "hospital", "hospitals", "clinic", "clinics", "center", "centre", "medical", "health", "healthcare", "care",
    "institute", "rehabilitation", "rehab", "nursing", "home", "hospice", "pharmacy", "laboratory", "labs", "urgent",
    "surgery", "surgical", "memorial", "regional", "general", "community", "university", "childrens", "system",
    "associates", "group", "dialysis", "imaging", "rheumatology", "orthopedics", "orthopaedics", "ortho", "endocrine",
    "eye", "dental", "lab", "hosp",
    "breast", "heart", "womens", "family", "physicians", "specialists", "urology", "neurology", "psychiatry",
    "dermatology", "primary", "veterans", "shelter", "program", "partial", "behavioral", "mental", "wellness",
    "radiology", "oncology", "cardiology", "pediatrics", "house",
  ]
  static let organizationKinds: Set = [
    "inc", "llc", "ltd", "corp", "corporation", "company", "co", "group", "school", "university", "college",
    "academy", "church", "bank", "foundation", "department", "services", "industries", "construction", "associates",
    "partners", "plan", "insurance", "elementary", "high", "middle", "district", "police", "fire", "sheriff",
    "cooperative",
    "authority", "housing", "dispatch", "unified", "community", "state", "program", "union", "ministry",
  ]
}
