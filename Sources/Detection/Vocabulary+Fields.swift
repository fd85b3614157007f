extension Vocabulary {
  /// The names of fields, and the words between a name and its value.
  mutating func learnFields() {
    learn("is was as in like reading read the", .connector)
    learn(
      "last four last4 ending ends digits no nr nos num number numbers numero id ids identifier code value ref",
      [.connector, .numberWord])
    learnNumbers()
    learnContacts()
    learnText()
  }

  private mutating func learnNumbers() {
    learn("mrn mrns mrnumber emrn medrec patientid patientmrn uhid empi hospno", field: .medicalRecord)
    learn("mr chart record records rec hosp patient pt", .weakCue, field: .medicalRecord)
    learn(
      "mbi hic hicn memberid memberno membernumber subscriberid policyno policynumber insuranceid groupno groupnumber planid medicareid medicaidid",
      field: .healthPlan)
    learn(
      "member subscriber policy group grp insurance ins medicare medicaid plan insured beneficiary nhs coverage secondary humana aetna cigna",
      .weakCue, field: .healthPlan)
    learn("acct accountnumber accountno accountid iban accno", field: .account)
    learn(
      "account accounts guarantor routing card bank invoice billing fin har csn visa mastercard amex checking",
      .weakCue, field: .account)
    learn("npi npl dea clia upin gmc dl cdl licenseno licensenumber", field: .license)
    learn(
      "license licence lic licensed cert certificate certification registration bar csr permit", .weakCue,
      field: .license)
    learn("vin", field: .vehicle)
    learn("plate plates placard tag", .weakCue, field: .vehicle)
    learn("serial serialnumber serialno imei udi", field: .device)
    learn("lot sn ser device mac", .weakCue, field: .device)
    learn("voiceprint faceprint fingerprint fingerprints biometric tenprint faceid voiceid", field: .biometric)
    learn("template iris retina palm embedding enrollment", .weakCue, field: .biometric)
    learn(
      """
      accession passport ein tin itin uscis taxid uuid guid requestid sessionid ticketid orderid claimid caseid
      encounterid callid userid docket badge
      """, field: .other)
    learn(
      """
      acc order claim auth authorization authorisation preauth precert approval case ticket specimen rx
      prescription session job request reference tracking confirmation requisition req encounter visit alien donor
      match study protocol kit barcode sample incident run report student employee candidate file identifier
      control trn tape voucher locker access extension participant subject contract receipt script scripts shipment
      complaint grievance appeal referral id ref key uid
      """, .weakCue, field: .other)
    learn(
      "hospital ref id key patient pt file run visit rec line report student code text chart match control plan group extension hosp social call calls called contact mr bar tag",
      .needsMark)
    learn("code", .weakCue, field: .other)
    learn("band wristband armband bracelet", .weakCue, field: .other)
    learn("band", .needsMark)
    learn("ssn4 last4ssn ssnlast ssn9", field: .socialSecurity)
    learn("aadhaar aadhar curp cpf nif dni nie nino bsn nir pesel personnummer cnp tfn uin", field: .other)
    learn("username login handle userid loginid logon screenname", field: .handle)
    learn("user", .weakCue, field: .handle)
    learn("initials", .weakCue, field: .initials)
    learn("hospital", .weakCue, field: .medicalRecord)
    learn("ssn ssns ssnlast4", field: .socialSecurity)
    learn("ss social soc", .weakCue, field: .socialSecurity)
    learn("security", .connector)
  }

  private mutating func learnContacts() {
    learn("phonenumber phoneno homephone mobilephone workphone contactnumber mobileno", field: .phone)
    learn("faxnumber faxno", field: .fax)
    learn("phone phones tel telephone cell cellphone mobile ph pager beeper pgr hotline", field: .phone)
    learn("spectralink vocera ascom beeper", field: .phone)
    learn("conf doc document randomization sin", .weakCue, field: .other)
    learn("rxgrp", .weakCue, field: .healthPlan)
    learn("messages message answering sms whatsapp dial dialed dialing ring rang", .weakCue, field: .phone)
    learn("call calls called contact ext extension callback text texted line reach reached", .weakCue, field: .phone)
    learn("fax faxed telecopier facsimile telefax telecopy fx fax2", field: .fax)
    learn("email mail emails", field: .email)
    learn("dob birthdate birthday bday born birthtime dateofbirth birth nacimiento geburtsdatum", field: .birthDate)
    learn("date dates dos doa dod dated", field: .date)
  }

  private mutating func learnText() {
    learn("zip zipcode postal postalcode postcode plz eircode", field: .zipCode)
    learn("address addr line1 line2 streetaddressline addressline addressline1", field: .street)
    learn("city town", field: .city)
    learn("county parish countyname", field: .county)
    learn("firstname lastname fname lname given family surname patientname fullname", field: .personName)
    learn("facility facilityname clinicname hospitalname", field: .facility)
    learn(
      "t d dict dictated trans name provider physician pcp attending clinician doctor surgeon nurse prescriber guardian street hospital clinic pharmacy school fn ln line values",
      .keyWord)
    learn("first last middle", .keyWord)
    learn("employer employername", field: .organization)
    learn(
      "cpt icd icd9 icd10 loinc snomed ndc rxnorm hcpcs drg build oid doi pmid pmcid isbn issn nct model catalog catalogue firmware version ver port pid bin pcn rxbin rxpcn cas cvx unii hpo omim orcid gene protein ref5",
      .publicCode)
  }
}
