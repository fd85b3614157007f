/// The processor and the kernel that figures were taken on.
enum ThisMachine {
  static var description: String {
    let processors = TextFile.contents(of: "/proc/cpuinfo").map { String(decoding: $0, as: UTF8.self) } ?? ""
    let model = processors.split(separator: "\n").first { $0.hasPrefix("model name") }?
      .split(separator: ":", maxSplits: 1).last.map { $0.drop { $0 == " " } }
    let kernel = TextFile.contents(of: "/proc/sys/kernel/osrelease").map { String(decoding: $0, as: UTF8.self) } ?? ""
    let count = ProcessorCount.online
    return "\(model ?? "unknown processor"), \(count) cores, Linux \(kernel.filter { $0 != "\n" })"
  }
}
