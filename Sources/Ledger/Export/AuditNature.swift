/// What kind of event an entry records, in the vocabularies of the formats that it is exported to.
struct AuditNature: Hashable {
  /// An event of DICOM PS3.16 CID 400.
  enum Family: String {
    case application = "110100"
    case auditLogUsed = "110101"
    case export = "110106"
    case `import` = "110107"
    case networkEntry = "110108"
    case patientRecord = "110110"
    case securityAlert = "110113"
  }

  /// An event type of DICOM PS3.16 CID 401.
  enum Kind: String {
    case start = "110120"
    case stop = "110121"
    case attach = "110124"
    case detach = "110125"
    case securityConfiguration = "110129"
    case softwareConfiguration = "110131"
    case restrictedFunction = "110132"
    case recordingStopped = "110133"
    case recordingStarted = "110134"
    case securityAttributes = "110135"
  }

  /// What was done, in the letters of RFC 3881, DICOM and FHIR.
  enum Action: String {
    case create = "C"
    case read = "R"
    case update = "U"
    case delete = "D"
    case execute = "E"
  }

  /// A class of the OCSF schema, by its unique id.
  enum Class: Int {
    case entityManagement = 3004
    case applicationLifecycle = 6002
    case apiActivity = 6003
  }

  let family: Family
  let kind: Kind?
  let action: Action
  let `class`: Class
  let result: AuditResult

  private init(_ family: Family, _ kind: Kind?, _ action: Action, _ class: Class, _ result: AuditResult = .success) {
    self.family = family
    self.kind = kind
    self.action = action
    self.class = `class`
    self.result = result
  }

  /// The nature of an event.
  init(_ event: Event) {
    self =
      switch event {
      case .serverStarted: AuditNature(.application, .start, .execute, .applicationLifecycle)
      case .serverStopped: AuditNature(.application, .stop, .execute, .applicationLifecycle)
      case .requestOpened: AuditNature(.export, nil, .read, .apiActivity)
      case .requestClosed: AuditNature(.import, nil, .create, .apiActivity)
      case .requestRefused: AuditNature(.securityAlert, .restrictedFunction, .execute, .apiActivity, .seriousFailure)
      case .keyCreated: AuditNature(.securityAlert, .securityConfiguration, .create, .entityManagement)
      case .keyRotated, .keyDisabled, .keyEnabled, .keyDestructionScheduled, .keyDestructionCancelled,
        .keyFileSealed:
        AuditNature(.securityAlert, .securityConfiguration, .update, .entityManagement)
      case .keyDestroyed: AuditNature(.securityAlert, .securityConfiguration, .delete, .entityManagement)
      case .keyExported: AuditNature(.securityAlert, .securityConfiguration, .read, .entityManagement)
      case .vaultOpened, .vaultLocked, .vaultUnlocked:
        AuditNature(.securityAlert, .securityConfiguration, .execute, .applicationLifecycle)
      case .providerLost: AuditNature(.networkEntry, .detach, .execute, .applicationLifecycle, .majorFailure)
      case .providerRecovered: AuditNature(.networkEntry, .attach, .execute, .applicationLifecycle)
      case .custodianAdded: AuditNature(.securityAlert, .securityConfiguration, .create, .entityManagement)
      case .custodianRemoved: AuditNature(.securityAlert, .securityConfiguration, .delete, .entityManagement)
      case .custodianChanged: AuditNature(.securityAlert, .securityConfiguration, .update, .entityManagement)
      case .proposalMade: AuditNature(.securityAlert, .securityConfiguration, .create, .entityManagement)
      case .proposalApproved, .proposalRefused:
        AuditNature(.securityAlert, .securityConfiguration, .update, .entityManagement)
      case .subjectCreated: AuditNature(.patientRecord, nil, .create, .entityManagement)
      case .consentRecorded, .consentEnded: AuditNature(.patientRecord, .securityAttributes, .update, .entityManagement)
      case .consentSettled:
        AuditNature(.securityAlert, .securityConfiguration, .update, .entityManagement)
      case .consentRead: AuditNature(.patientRecord, nil, .read, .apiActivity)
      case .subjectShredded: AuditNature(.patientRecord, nil, .delete, .entityManagement)
      case .holdPlaced, .holdReleased, .subjectResumed:
        AuditNature(.patientRecord, .securityAttributes, .update, .entityManagement)
      case .tokenRevealed, .tokensRevealed: AuditNature(.securityAlert, .restrictedFunction, .read, .apiActivity)
      case .tokenRefused: AuditNature(.securityAlert, .restrictedFunction, .read, .apiActivity, .seriousFailure)
      case .backupMade: AuditNature(.export, nil, .read, .apiActivity)
      case .restoreCompleted: AuditNature(.import, nil, .create, .apiActivity)
      case .restoreDrilled: AuditNature(.import, nil, .read, .apiActivity)
      case .configurationLoaded, .limitChanged, .modelChanged, .agreementsChanged, .safeguardDecided:
        AuditNature(.securityAlert, .softwareConfiguration, .update, .entityManagement)
      case .configurationRefused:
        AuditNature(.securityAlert, .softwareConfiguration, .update, .entityManagement, .seriousFailure)
      case .grantGiven, .grantRestored:
        AuditNature(.securityAlert, .securityAttributes, .create, .entityManagement)
      case .grantEnded, .grantRemoved:
        AuditNature(.securityAlert, .securityAttributes, .delete, .entityManagement)
      case .grantRemovalProposed, .grantSettled:
        AuditNature(.securityAlert, .securityAttributes, .update, .entityManagement)
      case .vaultCreated, .tokensIssued:
        AuditNature(.securityAlert, .securityConfiguration, .create, .entityManagement)
      case .mapKept: AuditNature(.securityAlert, .securityConfiguration, .create, .entityManagement)
      case .tokensDisposed, .mapDeleted, .mapExpired:
        AuditNature(.securityAlert, .securityConfiguration, .delete, .entityManagement)
      case .witnessesChanged, .logRebuilt, .rootGivenUp, .shardGivenUp, .policyAdopted:
        AuditNature(.securityAlert, .securityConfiguration, .update, .entityManagement)
      case .trafficStopped, .trafficResumed, .emergencyBegun, .emergencyEnded:
        AuditNature(.securityAlert, .securityConfiguration, .execute, .applicationLifecycle)
      case .logRecovered:
        AuditNature(.securityAlert, .recordingStarted, .execute, .applicationLifecycle, .minorFailure)
      case .logRefusing: AuditNature(.securityAlert, .recordingStopped, .execute, .applicationLifecycle, .majorFailure)
      case .logExported, .logRead: AuditNature(.auditLogUsed, nil, .read, .apiActivity)
      case .tlsOpened: AuditNature(.networkEntry, .attach, .execute, .apiActivity)
      case .dataDecrypted: AuditNature(.securityAlert, .restrictedFunction, .read, .apiActivity)
      case .accessDecided: AuditNature(.securityAlert, .restrictedFunction, .execute, .apiActivity)
      case .dataWiped: AuditNature(.securityAlert, .restrictedFunction, .delete, .apiActivity)
      case .cryptographyTested: AuditNature(.securityAlert, .securityConfiguration, .execute, .applicationLifecycle)
      case .alertRaised: AuditNature(.securityAlert, nil, .execute, .apiActivity, .seriousFailure)
      case .evidenceMade: AuditNature(.auditLogUsed, nil, .read, .apiActivity)
      case .clockStepped, .diskFilling:
        AuditNature(.securityAlert, nil, .execute, .applicationLifecycle, .minorFailure)
      case .shardCheckpoint, .rootCheckpoint: AuditNature(.application, nil, .execute, .applicationLifecycle)
      case .shardRefused: AuditNature(.securityAlert, nil, .execute, .applicationLifecycle, .majorFailure)
      }
  }
}

extension AuditNature.Family {
  /// The meaning of the code.
  var meaning: String {
    switch self {
    case .application: "Application Activity"
    case .auditLogUsed: "Audit Log Used"
    case .export: "Export"
    case .import: "Import"
    case .networkEntry: "Network Entry"
    case .patientRecord: "Patient Record"
    case .securityAlert: "Security Alert"
    }
  }
}

extension AuditNature.Kind {
  /// The meaning of the code.
  var meaning: String {
    switch self {
    case .start: "Application Start"
    case .stop: "Application Stop"
    case .attach: "Attach"
    case .detach: "Detach"
    case .securityConfiguration: "Security Configuration"
    case .softwareConfiguration: "Software Configuration"
    case .restrictedFunction: "Use of Restricted Function"
    case .recordingStopped: "Audit Recording Stopped"
    case .recordingStarted: "Audit Recording Started"
    case .securityAttributes: "Object Security Attributes Changed"
    }
  }
}
