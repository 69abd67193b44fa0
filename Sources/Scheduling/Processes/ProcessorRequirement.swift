import Foundation

/// What the machine code of `Numerics` takes for granted, and whether this processor has it.
///
/// The question is asked at the start of `main`, before any code that needs the answer. That is safe because only
/// `Numerics` is compiled for more than the plain baseline of its architecture (see `Package.swift`): this target and
/// the executable are not, the system's libraries are not, and Swift runs no code of a module before it is called. On
/// arm64 the baseline has all that is used.
public enum ProcessorRequirement {
  /// A level of the System V ABI for AMD64 (table 3.1).
  public enum Level: String, CaseIterable, Sendable {
    case v3 = "x86-64-v3"
    case v4 = "x86-64-v4"

    /// What it has beyond x86-64, by the names in `/proc/cpuinfo`, where LZCNT is `abm` and SSE3 `pni`. The kernel lists
    /// AVX only where it also saves its registers, which is the table's OSXSAVE.
    public var features: [String] {
      switch self {
      case .v3:
        [
          "cx16", "lahf_lm", "popcnt", "pni", "sse4_1", "sse4_2", "ssse3",
          "avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave",
        ]
      case .v4: Self.v3.features + ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"]
      }
    }

    /// The first processors that have it.
    var processors: String {
      switch self {
      case .v3: "Intel Haswell (2013), AMD Excavator (2015)"
      case .v4: "Intel Skylake-SP (2017), AMD Zen 4 (2022)"
      }
    }

    /// What to do without it.
    var remedy: String {
      switch self {
      case .v3: "Run it on a newer processor"
      case .v4: "Run it on a newer processor, or build it without ICD_PROCESSOR, which takes x86-64-v3"
      }
    }
  }

  /// The level that this program was built for (see `Package.swift`).
  public static var level: Level {
    #if X86_64_V4
      .v4
    #else
      .v3
    #endif
  }

  /// Where Linux describes the processors.
  public static let description = "/proc/cpuinfo"

  /// Says what is missing and what to do, or nothing if the processor suffices or does not tell what it has.
  public static func problem() -> String? {
    #if arch(x86_64) && os(Linux)
      // Files in /proc have no length, so the description is read to its end and not to its size.
      guard let handle = FileHandle(forReadingAtPath: description), let data = try? handle.readToEnd() else {
        return nil
      }
      return problem(inDescription: String(decoding: data, as: UTF8.self))
    #else
      return nil
    #endif
  }

  /// The same for a given text of `/proc/cpuinfo` and a program built for a given level. It counts what the first
  /// processor has, since all of a machine have the same.
  public static func problem(inDescription text: String, level: Level = level) -> String? {
    guard let flags = value(of: "flags", in: text) else { return nil }
    let present = Set(flags.split(separator: " "))
    let missing = level.features.filter { !present.contains(Substring($0)) }
    if missing.isEmpty { return nil }
    let model = value(of: "model name", in: text) ?? "unknown model"
    return """
      this processor (\(model)) lacks \(missing.joined(separator: ", ")), and this program was built for \
      \(level.rawValue): \(level.processors) or later. \(level.remedy); in a virtual machine, choose a CPU model that \
      passes these features through (QEMU: -cpu host).
      """
  }

  /// The text after the first `NAME : `.
  private static func value(of name: String, in text: String) -> String? {
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2, parts[0].trimmingCharacters(in: .whitespaces) == name else { continue }
      return parts[1].trimmingCharacters(in: .whitespaces)
    }
    return nil
  }
}
