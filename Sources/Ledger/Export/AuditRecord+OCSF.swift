import Bytes

extension AuditRecord {
  /// The record as an event of OCSF 1.3.0: `API Activity`, `Application Lifecycle` or `Entity Management`.
  func ocsf(version: String) -> JSONValue {
    let (category, kind) = (nature.class.rawValue / 1000, nature.class)
    let product = JSONValue(members: ["name": "Cordon", "vendor_name": "Cordon", "version": .string(version)])
    return JSONValue(members: [
      "category_uid": .integer(category),
      "category_name": .string(kind.categoryName),
      "class_uid": .integer(kind.rawValue),
      "class_name": .string(kind.name),
      "activity_id": .integer(activity.id),
      "activity_name": .string(activity.name),
      "type_uid": .integer(kind.rawValue * 100 + activity.id),
      "severity_id": .integer(result.severity),
      "status_id": result == .success ? 1 : 2,
      "status_detail": .text(explanation),
      "time": .number(String(time.milliseconds)),
      "metadata": JSONValue(members: [
        "version": "1.3.0",
        "product": product,
        "profiles": kind == .apiActivity ? nil : ["host"],
        "uid": .string("\(place.origin)#\(place.index)"),
        "correlation_uid": .text(request),
        "event_code": .string(event.rawValue),
        "log_name": .string(place.origin),
        "sequence": .number(String(place.index)),
        "original_time": .string(time.description),
      ]),
      "actor": actor,
      "src_endpoint": kind == .applicationLifecycle ? nil : source,
      "dst_endpoint": kind == .apiActivity ? vendor.map { JSONValue(members: ["name": .text($0)]) } : nil,
      "api": kind == .apiActivity ? api : nil,
      "app": kind == .applicationLifecycle ? product : nil,
      "entity": kind == .entityManagement ? entity : nil,
      "resources": kind == .apiActivity ? .list(resources) : nil,
      "unmapped": unmapped,
    ])
  }

  private var activity: (id: Int, name: String) {
    switch (nature.class, nature.action, event) {
    case (.applicationLifecycle, _, .serverStarted): (3, "Start")
    case (.applicationLifecycle, _, .serverStopped): (4, "Stop")
    case (.applicationLifecycle, _, _), (_, .execute, _): (99, event.rawValue)
    case (_, .create, _): (1, "Create")
    case (_, .read, _): (2, "Read")
    case (_, .update, _): (3, "Update")
    case (_, .delete, _): (4, "Delete")
    }
  }

  private var actor: JSONValue {
    let person = user ?? people.first
    return JSONValue(members: [
      "user": person.map { JSONValue(members: ["uid": .text($0), "type_id": 1]) },
      "app_name": .string(caller ?? "cordon"),
    ])
  }

  private var source: JSONValue {
    JSONValue(members: ["name": .string(client ?? server ?? "cordon"), "svc_name": .text(caller)])
  }

  private var api: JSONValue {
    JSONValue(members: [
      "operation": .string(event.rawValue),
      "request": request.map { JSONValue(members: ["uid": .text($0)]) },
      "response": status.map { JSONValue(members: ["code": .integer($0)]) },
      "service": server.map { JSONValue(members: ["name": .text($0)]) },
    ])
  }

  private var entity: JSONValue {
    let family = event.rawValue.prefix { $0 != "." }
    return JSONValue(members: [
      "uid": .text(object ?? subjects.first), "name": .string(String(family)), "type": .string(String(family)),
    ])
  }

  private var resources: [JSONValue] {
    func resource(_ type: String, _ id: String) -> JSONValue {
      JSONValue(members: ["uid": .text(id), "type": .string(type)])
    }
    return (object.map { [resource("object", $0)] } ?? []) + (sent.map { [resource("ciphertext", $0)] } ?? [])
      + subjects.map { resource("subject", $0) }
  }

  /// The place, and what the class has no attribute for.
  private var unmapped: JSONValue {
    let isCall = nature.class == .apiActivity
    var members = placeDetails
    func add(_ name: String, _ value: String?) {
      if let value { members.append(Detail(name: name, value: value)) }
    }
    add("purpose", purpose)
    if !isCall {
      add("vendor", vendor)
      add("status", status.map(String.init))
      add("server", server)
      add("sent", sent)
      if nature.class == .applicationLifecycle {
        add("client", client)
        add("object", object)
      }
      for (index, subject) in subjects.enumerated() { add("subjects.\(index)", subject) }
    }
    for (index, person) in people.enumerated() { add("people.\(index)", person) }
    members += details
    return .object(members.map { JSONMember($0.name, .string($0.value)) })
  }
}

extension AuditNature.Class {
  fileprivate var name: String {
    switch self {
    case .entityManagement: "Entity Management"
    case .applicationLifecycle: "Application Lifecycle"
    case .apiActivity: "API Activity"
    }
  }

  fileprivate var categoryName: String {
    switch self {
    case .entityManagement: "Identity & Access Management"
    case .applicationLifecycle, .apiActivity: "Application Activity"
    }
  }
}

extension AuditResult {
  /// How severe it is, from informational (1) to critical (5).
  fileprivate var severity: Int {
    switch self {
    case .success: 1
    case .minorFailure: 2
    case .seriousFailure: 3
    case .majorFailure: 5
    }
  }
}
