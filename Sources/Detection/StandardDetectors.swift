/// Every detector that Cordon ships, in the order they run.
package func standardDetectors(keeping carveOuts: CarveOuts) -> [any Detector] {
  [
    // Structured identifiers.
    EmailAddress(),
    WebAddress(),
    InternetAddress(),
    PhotographName(),
    SocialSecurityNumber(),
    MedicalRecordNumber(),
    HealthPlanNumber(),
    AccountNumber(),
    LicenseNumber(),
    VehicleNumber(),
    DeviceNumber(),
    BiometricIdentifier(),
    TelephoneNumber(),
    DateElement(keepsYears: carveOuts.keepsYears),
    AgeOver89(carveOuts: carveOuts),
    StreetAddress(),
    PostalCode(),
    OtherNumber(),
    PrefixedNumbers(),
    // Names, places and organisations.
    NamesAndPlaces(keepsStatesAndCountries: carveOuts.keepsStatesAndCountries),
  ]
}
