// swift-tools-version: 6.2
import PackageDescription

/// What every target is held to.
let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

// SIMD8<Float> becomes AVX2 code, and `addingProduct` one FMA instruction, only when the compiler may assume x86-64-v3.
// With ICD_PROCESSOR=x86-64-v4 in the environment it may also assume AVX-512: normal deviates take a fifth less time, the
// attention kernels hardly less; the bits are the same. On arm64 the baseline has all that is used.
#if arch(x86_64)
  let processorLevel = Context.environment["ICD_PROCESSOR"] ?? "x86-64-v3"
  precondition(["x86-64-v3", "x86-64-v4"].contains(processorLevel), "ICD_PROCESSOR is neither x86-64-v3 nor x86-64-v4")
  let processorBaseline: [SwiftSetting] = [.unsafeFlags(["-Xcc", "-march=\(processorLevel)"])]
  let levelDefinition: [SwiftSetting] = processorLevel == "x86-64-v4" ? [.define("X86_64_V4")] : []
#else
  let processorBaseline: [SwiftSetting] = []
  let levelDefinition: [SwiftSetting] = []
#endif

let package = Package(
  name: "icd",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "icd", targets: ["icd"]),
    .library(name: "Denoising", targets: ["Denoising"]),
    .library(name: "Messaging", targets: ["Messaging"]),
    .library(name: "Numerics", targets: ["Numerics"]),
    // For Benchmarks/, which measures the very coordinator and workers that `icd` runs.
    .library(name: "Scheduling", targets: ["Scheduling", "Messaging", "Results", "Sweeps"]),
    .library(name: "Sweeps", targets: ["Sweeps"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.5.0"),
  ],
  targets: [
    .systemLibrary(name: "CZeroMQ", providers: [.apt(["libzmq3-dev"])]),
    .systemLibrary(name: "CMessagePack", providers: [.apt(["libmsgpack-dev"])]),
    .systemLibrary(name: "CSodium", providers: [.apt(["libsodium-dev"])]),

    .systemLibrary(name: "CIntrinsics"),

    // The only target built without overflow and bounds checks: its callers check shapes.
    .target(
      name: "Numerics",
      dependencies: ["CIntrinsics"],
      swiftSettings: strict + processorBaseline + [.unsafeFlags(["-Ounchecked"], .when(configuration: .release))]),
    .target(name: "Denoising", dependencies: ["Numerics"], swiftSettings: strict),
    .target(
      name: "Sweeps",
      dependencies: ["Denoising", "Numerics", "CSodium", .product(name: "Yams", package: "Yams")],
      swiftSettings: strict),
    .target(name: "Messaging", dependencies: ["CZeroMQ", "CMessagePack"], swiftSettings: strict),
    .target(
      name: "Results",
      dependencies: [
        "Sweeps", "Denoising", .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ],
      swiftSettings: strict),
    .target(
      name: "Scheduling", dependencies: ["Messaging", "Results", "Sweeps"], swiftSettings: strict + levelDefinition),
    .target(name: "Reports", dependencies: ["Results", "Sweeps", "Denoising", "Numerics"], swiftSettings: strict),
    .executableTarget(
      name: "icd",
      dependencies: [
        "Scheduling", "Reports", "Results", "Sweeps", "Messaging", "Denoising",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),

    .testTarget(name: "NumericsTests", dependencies: ["Numerics"], swiftSettings: strict),
    .testTarget(name: "DenoisingTests", dependencies: ["Denoising", "Numerics"], swiftSettings: strict),
    .testTarget(name: "SweepsTests", dependencies: ["Sweeps", "Denoising", "Numerics"], swiftSettings: strict),
    .testTarget(name: "MessagingTests", dependencies: ["Messaging"], swiftSettings: strict),
    .testTarget(
      name: "SchedulingTests", dependencies: ["Scheduling", "Messaging", "Results", "Sweeps"], swiftSettings: strict),
    .testTarget(name: "ResultsTests", dependencies: ["Results", "Sweeps", "Denoising"], swiftSettings: strict),
    .testTarget(
      name: "ReportsTests", dependencies: ["Reports", "Results", "Sweeps", "Denoising", "Numerics"],
      swiftSettings: strict),
    .testTarget(
      name: "EndToEndTests",
      dependencies: ["Fuzzing", "Messaging", "Results", "Scheduling", "Sweeps", "Denoising", "Numerics"],
      swiftSettings: strict),
    // The generators of nearly valid input are code of their own: the tests use them, and so does libFuzzer.
    .target(
      name: "Fuzzing", dependencies: ["Messaging", "Results", "Scheduling", "Sweeps"], path: "Tests/Fuzzing",
      swiftSettings: strict),
    .testTarget(name: "FuzzingTests", dependencies: ["Fuzzing"], swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
