"""Random worlds for Cedar engines: a schema, entities, policies of every shape, and requests.

Most expressions fit the schema, some do not: an engine must also agree on what fails. Everything follows from the seed.
"""

import json
import random

KINDS = ["Bool", "Long", "String", "ipaddr", "decimal", "datetime", "duration"]
IDS = ["a", "b", "c", "", "é", "e\u0301", 'q"u', "new\nline", "x y", "\u0000", "😀"]
TEXTS = ["", "a", "b", "ab", "abc", "a*b", "é", "e\u0301", "aab", "*", "\\", "line\nbreak", "ward-7", "😀"]
NAMES = ["level", "owner", "tags", "dept", "if", "a b", "net", "x", "in", "contains", "é"]
LONGS = [0, 1, -1, 2, 7, 42, 100, 2**31, 2**62, 2**63 - 1, -(2**63), 3037000500, -5]
ADDRESSES = ["10.0.0.1", "10.0.0.0/8", "10.1.2.3/16", "127.0.0.1", "127.0.0.1/7", "224.0.0.1", "224.0.0.0/3", "::1",
             "::1/127", "ff00::/8", "ff02::1", "fe80::a:b", "0.0.0.0/0", "::/0", "1:2:3:4:5:6:7:8", "255.255.255.255"]
BAD_ADDRESSES = ["", "10.0.0", "10.0.0.256", "10.0.0.1/33", "::1/129", "01.2.3.4", "::ffff:1.2.3.4", "10.0.0.0/08",
                 "1:2:3:4:5:6:7:8:9", ":::", "g::", "10.0.0.1/", "12345::", "1.2.3.4/-1"]
DECIMALS = ["0.0", "1.0", "-1.0", "0.5", "-0.5", "0.0001", "12.3456", "922337203685477.5807", "-922337203685477.5808"]
BAD_DECIMALS = ["1", "1.", ".5", "1.23456", "+1.0", "922337203685477.5808", "1e3", "--1.0", "1.0 ", "-.5", "a.b"]
MOMENTS = ["1970-01-01", "2024-02-29", "1969-12-31T23:59:59Z", "2026-11-21T10:20:30.456Z", "2024-01-01T00:00:00+0530",
           "2024-01-01T00:00:00-2359", "0000-01-01", "9999-12-31T23:59:59.999Z", "2024-01-01T00:00:00.000+0000"]
BAD_MOMENTS = ["", "2023-02-29", "2024-13-01", "2024-00-10", "2024-1-1", "2024-01-01T24:00:00Z", "2024-01-01T10:00:60Z",
               "2024-01-01T10:00:00", "2024-01-01T10:00:00.1Z", "2024-01-01T10:00:00+2400", "2024-01-01T10:00:00+0060",
               "2024-01-01 10:00:00Z", "+2024-01-01", "2024-01-01Z"]
DURATIONS = ["0ms", "1ms", "-1ms", "1d", "1d2h3m4s5ms", "-90m", "1500ms", "9223372036854775807ms", "106751991167d",
             "-9223372036854775808ms", "1s1ms"]
BAD_DURATIONS = ["", "-", "1", "1h1d", "1x", "1d1d", "9223372036854775808ms", "106751991168d", "+1d", "1 d", "d", "1ms1s"]
TEXTUAL = {"ipaddr": ("ip", ADDRESSES, BAD_ADDRESSES), "decimal": ("decimal", DECIMALS, BAD_DECIMALS),
           "datetime": ("datetime", MOMENTS, BAD_MOMENTS), "duration": ("duration", DURATIONS, BAD_DURATIONS)}
RESERVED = {"true", "false", "if", "then", "else", "in", "is", "like", "has", "__cedar"}


def quoted(text):
    """The text as a Cedar string."""
    out = []
    for char in text:
        if char in '"\\':
            out.append("\\" + char)
        elif char == "\n":
            out.append("\\n")
        elif ord(char) < 32 or char == "\u0301":
            out.append("\\u{%x}" % ord(char))
        else:
            out.append(char)
    return '"' + "".join(out) + '"'


def is_bare(name):
    return name.isascii() and name.isidentifier() and name not in RESERVED


class World:
    """One schema with entities, policies and requests to go with it."""

    def __init__(self, seed, policies=8):
        self.random = random.Random(seed)
        self.make_schema()
        self.make_entities()
        self.make_slots(policies)

    # Small choices.

    def chance(self, probability):
        return self.random.random() < probability

    def pick(self, options):
        return self.random.choice(options)

    # The schema.

    def make_schema(self):
        space = self.pick(["", "", "Ward", "A::B"])
        self.prefix = space + "::" if space else ""
        count = self.random.randint(2, 4)
        self.types = {self.prefix + name: {} for name in ["User", "Group", "Doc", "Folder"][:count]}
        names = list(self.types)
        for name in names:
            self.types[name] = {
                "parents": [other for other in names if self.chance(0.35)],
                "attributes": self.attributes(names, self.random.randint(0, 4)),
                "tags": self.kind(names, 1) if self.chance(0.4) else None, "choices": None,
            }
        if self.chance(0.4):
            self.types[self.prefix + "Level"] = {"parents": [], "attributes": {}, "tags": None,
                                                 "choices": self.random.sample(IDS, 3)}
        self.action_type = self.prefix + "Action"
        self.actions = {}
        for name in ["read", "write", "all", "some thing"][: self.random.randint(1, 4)]:
            above = [other for other in self.actions if self.chance(0.4)]
            kinds = list(self.types)
            self.actions[name] = {
                "parents": above, "principals": self.random.sample(kinds, self.random.randint(1, min(2, len(kinds)))),
                "resources": self.random.sample(kinds, self.random.randint(1, min(2, len(kinds)))),
                "context": self.attributes(names, self.random.randint(0, 3)),
            }

    def attributes(self, names, count):
        return {name: (self.kind(names, 2), self.chance(0.6)) for name in self.random.sample(NAMES, count)}

    def kind(self, names, depth):
        choice = self.random.random()
        if choice < 0.5 or depth == 0:
            return self.pick(KINDS)
        if choice < 0.7:
            return ("entity", self.pick(names))
        if choice < 0.87:
            return ("set", self.kind(names, depth - 1))
        return ("record", self.attributes(names, self.random.randint(0, 2)) if depth > 1 else {})

    def schema_text(self):
        def relative(name):
            return name[len(self.prefix):] if self.chance(0.5) else name

        def written(kind):
            if isinstance(kind, str):
                return kind
            if kind[0] == "entity":
                return relative(kind[1])
            if kind[0] == "set":
                return "Set<%s>" % written(kind[1])
            return record(kind[1])

        def record(attributes):
            return "{%s}" % ", ".join(
                "%s%s: %s" % (quoted(name), "" if required else "?", written(kind))
                for name, (kind, required) in attributes.items())

        lines = []
        for name, type_ in self.types.items():
            short = name[len(self.prefix):]
            if type_["choices"]:
                lines.append("entity %s enum [%s];" % (short, ", ".join(map(quoted, type_["choices"]))))
                continue
            above = " in [%s]" % ", ".join(map(relative, type_["parents"])) if type_["parents"] else ""
            tags = " tags %s" % written(type_["tags"]) if type_["tags"] else ""
            lines.append("entity %s%s = %s%s;" % (short, above, record(type_["attributes"]), tags))
        for name, action in self.actions.items():
            above = " in [%s]" % ", ".join(map(quoted, action["parents"])) if action["parents"] else ""
            lines.append("action %s%s appliesTo { principal: [%s], resource: [%s], context: %s };" % (
                quoted(name), above, ", ".join(map(relative, action["principals"])),
                ", ".join(map(relative, action["resources"])), record(action["context"])))
        body = "\n".join(lines)
        return "namespace %s {\n%s\n}\n" % (self.prefix[:-2], body) if self.prefix else body + "\n"

    # Entities and values.

    def ids(self, type_):
        return self.types[type_]["choices"] or self.type_ids[type_]

    def make_entities(self):
        self.type_ids = {name: self.random.sample(IDS, self.random.randint(2, 4)) for name in self.types}
        order = [(name, i) for name in self.types for i in self.ids(name)]
        self.random.shuffle(order)
        self.entities = []
        for place, (name, i) in enumerate(order):
            if self.chance(0.12):
                continue
            type_ = self.types[name]
            # Parents come later in the order, so that there is no cycle.
            above = [{"type": t, "id": j} for t, j in order[place + 1:] if t in type_["parents"] and self.chance(0.3)]
            entity = {"uid": {"type": name, "id": i}, "attrs": self.record(type_["attributes"]), "parents": above}
            if type_["tags"]:
                entity["tags"] = {tag: self.value(type_["tags"]) for tag in self.random.sample(TEXTS, 2)}
            self.entities.append(entity)
        for name, action in self.actions.items():
            self.entities.append({"uid": {"type": self.action_type, "id": name}, "attrs": {}, "parents": [
                {"type": self.action_type, "id": above} for above in sorted(self.above(name))]})

    def above(self, name):
        found = set()
        for parent in self.actions[name]["parents"]:
            found |= {parent} | self.above(parent)
        return found

    def record(self, attributes):
        return {name: self.value(kind) for name, (kind, required) in attributes.items() if required or self.chance(0.6)}

    def uid(self, type_):
        return {"type": type_, "id": self.pick(self.ids(type_))}

    def value(self, kind):
        if kind == "Bool":
            return self.chance(0.5)
        if kind == "Long":
            return self.pick(LONGS)
        if kind == "String":
            return self.pick(TEXTS)
        if isinstance(kind, str):
            function, good, _ = TEXTUAL[kind]
            return {"__extn": {"fn": function, "arg": self.pick(good)}}
        if kind[0] == "entity":
            return {"__entity": self.uid(kind[1])}
        if kind[0] == "set":
            return [self.value(kind[1]) for _ in range(self.random.randint(0, 3))]
        return self.record(kind[1])

    # Requests.

    def request(self):
        name = self.pick(list(self.actions))
        action = self.actions[name]
        return {"principal": self.uid(self.pick(action["principals"])), "action": {"type": self.action_type, "id": name},
                "resource": self.uid(self.pick(action["resources"])), "context": self.record(action["context"])}

    # Policies.

    def make_slots(self, count):
        self.policies = "\n".join(self.policy() for _ in range(count)) + "\n"

    def entity(self, type_=None):
        type_ = type_ or self.pick(list(self.types))
        return "%s::%s" % (type_, quoted(self.uid(type_)["id"]))

    def action_literal(self):
        return "%s::%s" % (self.action_type, quoted(self.pick(list(self.actions))))

    def scope(self, variable, types):
        choice = self.random.random()
        type_ = self.pick(types) if self.chance(0.8) else self.pick(list(self.types))
        if choice < 0.35:
            return variable
        if choice < 0.5:
            return "%s is %s" % (variable, type_)
        group = self.pick(self.types[type_]["parents"] or [type_])
        if choice < 0.65:
            return "%s is %s in %s" % (variable, type_, self.entity(group))
        if choice < 0.82:
            return "%s in %s" % (variable, self.entity(group))
        return "%s == %s" % (variable, self.entity(type_))

    def policy(self):
        self.action = self.pick(list(self.actions))
        action = self.actions[self.action]
        self.principal, self.resource = self.pick(action["principals"]), self.pick(action["resources"])
        literal = "%s::%s" % (self.action_type, quoted(self.action))
        scope = self.pick(["action", "action == " + literal, "action in [%s, %s]" % (literal, self.action_literal()),
                           "action in " + self.action_literal()])
        conditions = ["%s { %s }" % (self.pick(["when", "unless"]), self.expression("Bool", self.random.randint(1, 4)))
                      for _ in range(self.pick([0, 1, 1, 1, 2]))]
        return "%s(%s, %s, %s) %s;" % (
            self.pick(["permit", "permit", "forbid"]), self.scope("principal", action["principals"]), scope,
            self.scope("resource", action["resources"]), " ".join(conditions))

    def roots(self):
        action = self.actions[self.action]
        return [("principal", ("entity", self.principal)), ("resource", ("entity", self.resource)),
                ("context", ("record", action["context"]))]

    def attributes_of(self, kind):
        if isinstance(kind, str) or kind[0] == "set":
            return {}
        return self.types[kind[1]]["attributes"] if kind[0] == "entity" else kind[1]

    def paths(self):
        """Every attribute that can be reached in two steps: expression, kind, and what it must have."""
        found = []
        for text, kind in self.roots():
            found.append((text, kind, []))
            for name, (inner, required) in self.attributes_of(kind).items():
                step = self.member(text, name)
                asked = [] if required else [self.has(text, name)]
                found.append((step, inner, asked))
                for second, (last, is_required) in self.attributes_of(inner).items():
                    found.append((self.member(step, second), last, asked + ([] if is_required else [self.has(step, second)])))
        return found

    def member(self, text, name):
        return "%s.%s" % (text, name) if is_bare(name) and self.chance(0.8) else "%s[%s]" % (text, quoted(name))

    def has(self, text, name):
        return "%s has %s" % (text, name if is_bare(name) and self.chance(0.8) else quoted(name))

    def expression(self, kind, depth):
        if self.chance(0.03):
            kind = self.pick(KINDS)
        if depth > 0 and self.chance(0.06):
            return "(if %s then %s else %s)" % (
                self.expression("Bool", depth - 1), self.expression(kind, depth - 1), self.expression(kind, depth - 1))
        if kind != "Bool" and self.chance(0.45):
            matching = [path for path in self.paths() if path[1] == kind]
            if matching:
                return self.pick(matching)[0]
        if kind == "Bool":
            return self.boolean(depth)
        if kind == "Long":
            return self.long(depth)
        if kind == "String":
            return quoted(self.pick(TEXTS))
        if isinstance(kind, str):
            return self.extension(kind, depth)
        if kind[0] == "entity":
            return self.entity(kind[1])
        if kind[0] == "set":
            return "[%s]" % ", ".join(self.expression(kind[1], depth - 1) for _ in range(self.random.randint(0 if self.chance(0.1) else 1, 3)))
        return "{%s}" % ", ".join(
            "%s: %s" % (name if is_bare(name) else quoted(name), self.expression(inner, depth - 1))
            for name, (inner, required) in kind[1].items() if required or self.chance(0.5))

    def long(self, depth):
        if depth <= 0 or self.chance(0.5):
            return str(self.pick(LONGS))
        choice = self.random.random()
        if choice < 0.15:
            return "(-%s)" % self.expression("Long", depth - 1).replace("-", "- ", 1)
        if choice < 0.3:
            return "%s.%s()" % (self.expression("duration", depth - 1),
                                self.pick(["toMilliseconds", "toSeconds", "toMinutes", "toHours", "toDays"]))
        return "(%s %s %s)" % (self.expression("Long", depth - 1), self.pick("+-*"), self.expression("Long", depth - 1))

    def extension(self, kind, depth):
        if depth > 0 and self.chance(0.3):
            if kind == "datetime":
                return self.pick(["%s.toDate()" % self.expression(kind, depth - 1), "%s.offset(%s)" % (
                    self.expression(kind, depth - 1), self.expression("duration", depth - 1))])
            if kind == "duration":
                return self.pick(["%s.toTime()" % self.expression("datetime", depth - 1), "%s.durationSince(%s)" % (
                    self.expression("datetime", depth - 1), self.expression("datetime", depth - 1))])
        function, good, bad = TEXTUAL[kind]
        return "%s(%s)" % (function, quoted(self.pick(bad if self.chance(0.06) else good)))

    def boolean(self, depth):
        if depth <= 0:
            return self.pick(["true", "false", "principal == resource"])
        deeper = lambda kind="Bool": self.expression(kind, depth - 1)
        path, kind, asked = self.pick(self.paths())
        guard = "".join(test + " && " for test in asked) if self.chance(0.85) else ""
        about = lambda test: "(%s%s)" % (guard, test)
        choice = self.random.randrange(16)
        if choice == 0:
            return "(%s)" % " && ".join(deeper() for _ in range(self.random.randint(2, 3)))
        if choice == 1:
            return "(%s)" % " || ".join(deeper() for _ in range(self.random.randint(2, 3)))
        if choice == 2:
            return "!" + "(%s)" % deeper()
        if choice == 3:
            return "(%s %s %s)" % (deeper("Long"), self.pick(["<", "<=", ">", ">="]), deeper("Long"))
        if choice == 4:
            kind = self.pick(["datetime", "duration"])
            return "(%s %s %s)" % (deeper(kind), self.pick(["<", "<=", ">", ">="]), deeper(kind))
        if choice == 5:
            return "%s.%s(%s)" % (deeper("decimal"), self.pick(
                ["lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual"]), deeper("decimal"))
        if choice == 6:
            if self.chance(0.5):
                return "%s.isInRange(%s)" % (deeper("ipaddr"), deeper("ipaddr"))
            return "%s.%s()" % (deeper("ipaddr"), self.pick(["isIpv4", "isIpv6", "isLoopback", "isMulticast"]))
        if choice == 7:
            pattern = quoted(self.pick(TEXTS)).replace("*", self.pick(["*", "\\*"]))[1:-1]
            return '(%s like "%s%s")' % (deeper("String"), pattern, self.pick(["", "*"]))
        if choice == 8:
            variable = self.pick(["principal", "resource", "action"])
            group = self.action_literal() if variable == "action" else self.pick(
                [self.entity(), "[%s, %s]" % (self.entity(), self.entity()), "principal", "resource"])
            return "(%s in %s)" % (variable, group)
        if choice == 9:
            type_ = self.pick(list(self.types))
            return "(%s is %s%s)" % (self.pick(["principal", "resource"]), type_,
                                     " in " + self.entity() if self.chance(0.5) else "")
        if choice == 10:
            names = [self.pick(NAMES)] + [self.pick(NAMES) for _ in range(self.pick([0, 0, 1]))]
            if len(names) > 1:
                names = [name for name in names if is_bare(name)] or ["x"]
                return "(%s has %s)" % (path if kind[0] != "set" else "principal", ".".join(names))
            return "(%s)" % self.has(path, names[0])
        if choice == 11:
            variable, type_ = self.pick([("principal", self.principal), ("resource", self.resource)])
            tag = quoted(self.pick(TEXTS))
            tags = self.types[type_]["tags"]
            if tags is None or self.chance(0.3):
                return "%s.hasTag(%s)" % (variable, tag)
            return "(%s.hasTag(%s) && %s.getTag(%s) == %s)" % (variable, tag, variable, tag, deeper(tags))
        if choice == 12:
            element = self.pick(KINDS + [("entity", self.pick(list(self.types)))])
            method = self.pick(["contains", "containsAll", "containsAny", "isEmpty"])
            argument = {"contains": element, "isEmpty": None}.get(method, ("set", element))
            return "%s.%s(%s)" % (deeper(("set", element)), method, deeper(argument) if argument else "")
        if kind == "Bool" and self.chance(0.6):
            return about(path)
        if not isinstance(kind, str) and kind[0] == "set":
            return about("%s.%s" % (path, self.pick(["isEmpty()", "contains(%s)" % deeper(kind[1]), "containsAll(%s)" % deeper(kind),
                                                     "containsAny(%s)" % deeper(kind)])))
        return about("%s %s %s" % (path, self.pick(["==", "!="]), deeper(kind)))


def documents(seed, policies=8):
    """The world of a seed, and its schema and entities as files hold them."""
    world = World(seed, policies)
    return world, world.schema_text(), json.dumps(world.entities)
