import PHI

/// What a kind of a label means: an identifier, or nothing that is to be removed.
struct KnownLabel: Hashable, Sendable {
  var identifier: Identifier?
}

extension LabelTable {
  /// What a kind of a common set of labels means; nil when it is in none.
  ///
  /// The sets: i2b2 2006 and 2014, CoNLL 2003, OntoNotes 5, ai4privacy (piiranha), Nemotron (OpenMed), Rampart.
  static func known(_ kind: String) -> KnownLabel? {
    let squeezed = String(kind.unicodeScalars.filter { $0.properties.isAlphabetic || $0.properties.numericType != nil })
    return table[squeezed.uppercased()]
  }

  private static let table: [String: KnownLabel] = {
    var table: [String: KnownLabel] = [:]
    for (identifier, kinds) in identifiers {
      for kind in kinds.split(separator: " ") { table[String(kind)] = KnownLabel(identifier: identifier) }
    }
    for kind in kept.split(whereSeparator: \.isWhitespace) { table[String(kind)] = KnownLabel(identifier: nil) }
    return table
  }()

  private static let identifiers: [(Identifier, String)] = [
    (
      .name,
      "NAME PER PERSON PATIENT DOCTOR STAFF HCW CLINICIAN GIVENNAME FIRSTNAME MIDDLENAME LASTNAME SURNAME FULLNAME "
        + "ACCOUNTNAME NAMEPATIENT NAMECLINICIAN NAMEOTHER PERSONNAME"
    ),
    (.street, "STREET STREETNAME STREETADDRESS BUILDINGNUM BUILDINGNUMBER SECONDARYADDRESS ADDRESS LOCATIONADDRESS"),
    (.city, "CITY LOC LOCATION GPE TOWN LOCATIONOTHER LOCATIONCITY"),
    (.county, "COUNTY"),
    (.zipCode, "ZIP ZIPCODE POSTCODE POSTALCODE LOCATIONZIP"),
    (.facility, "HOSP HOSPITAL FACILITY FAC HEALTHCAREUNIT"),
    (.organization, "ORG ORGANIZATION ORGANISATION PATORG COMPANY COMPANYNAME EMPLOYER"),
    (.date, "DATE DATEOFBIRTH DOB DATETIME BIRTHDATE"),
    (.ageOver89, "AGEOVER89"),
    (.phone, "PHONE PHONENUMBER TELEPHONE TELEPHONENUM TELEPHONENUMBER CONTACT"),
    (.fax, "FAX FAXNUMBER"),
    (.email, "EMAIL EMAILADDRESS"),
    (.socialSecurityNumber, "SSN SOCIALNUM SOCIALSECURITYNUMBER TAXID TAXNUM"),
    (.medicalRecordNumber, "MRN MEDICALRECORD MEDICALRECORDNUMBER"),
    (.healthPlanNumber, "HEALTHPLAN HEALTHPLANNUMBER HEALTHPLANBENEFICIARYNUMBER HEALTHINSURANCENUMBER"),
    (
      .accountNumber,
      "ACCOUNT ACCOUNTNUM ACCOUNTNUMBER BANKACCOUNT ROUTINGNUMBER BANKROUTINGNUMBER CREDITCARD CREDITCARDNUMBER "
        + "CREDITDEBITCARD CREDITCARDCVV CVV IBAN IBANCODE BIC SWIFTBIC MASKEDNUMBER BITCOINADDRESS ETHEREUMADDRESS "
        + "LITECOINADDRESS"
    ),
    (
      .licenseNumber,
      "LICENSE LICENSENUMBER DRIVERSLICENSE DRIVERLICENSE DRIVERLICENSENUM DRIVERLICENSENUMBER PASSPORT "
        + "PASSPORTNUMBER CERTIFICATELICENSENUMBER"
    ),
    (.vehicle, "VEHICLE VEHICLEVIN VEHICLEVRM VEHICLEIDENTIFIER LICENSEPLATE VIN"),
    (.device, "DEVICE DEVICEIDENTIFIER DEVICEID MAC MACADDRESS PHONEIMEI IMEI"),
    (.url, "URL WEBSITE"),
    (.ipAddress, "IP IPADDRESS IPADDR IPV4 IPV6"),
    (.biometric, "BIOID BIOMETRIC BIOMETRICIDENTIFIER"),
    (.photograph, "PHOTO PHOTOGRAPH"),
    (
      .otherNumber,
      "ID IDNUM IDCARDNUM IDOTHER NATIONALID GOVERNMENTID USERNAME PASSWORD PIN APIKEY CUSTOMERID EMPLOYEEID UNIQUEID "
        + "HTTPCOOKIE COORDINATE NEARBYGPSCOORDINATE"
    ),
    (.uniqueDescription, "OTHERPHI UNIQUE"),
  ]

  private static let kept = """
    AGE AMOUNT BLOODTYPE CARDINAL COUNTRY LOCATIONCOUNTRY CREDITCARDISSUER CURRENCY CURRENCYCODE CURRENCYNAME
    CURRENCYSYMBOL EDUCATIONLEVEL EMPLOYMENTSTATUS EVENT EYECOLOR GENDER HEIGHT JOBAREA JOBTITLE JOBTYPE LANGUAGE LAW
    MISC MONEY NORP OCCUPATION ORDINAL ORDINALDIRECTION PERCENT POLITICALVIEW PREFIX PRODUCT PROFESSION QUANTITY
    RACEETHNICITY RELIGIOUSBELIEF SEX SEXTYPE SEXUALITY STATE LOCATIONSTATE TIME TITLE USERAGENT WORKOFART
    """
}
