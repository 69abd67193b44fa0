// swift-tools-version: 6.2
import PackageDescription

/// What every target is held to, as in the package above.
let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

// SIMD8<Float> is one AVX register only when the compiler may assume x86-64-v3; the limits that the kernels are held
// to must be measured with the same instructions as the kernels.
#if arch(x86_64)
  let processorLevel = Context.environment["ICD_PROCESSOR"] ?? "x86-64-v3"
  let processorBaseline: [SwiftSetting] = [.unsafeFlags(["-Xcc", "-march=\(processorLevel)"])]
#else
  let processorBaseline: [SwiftSetting] = []
#endif

let numerics: Target.Dependency = .product(name: "Numerics", package: "icd")
let denoising: Target.Dependency = .product(name: "Denoising", package: "icd")
let scheduling: Target.Dependency = .product(name: "Scheduling", package: "icd")
let messaging: Target.Dependency = .product(name: "Messaging", package: "icd")

// ordo-one/benchmark is not used: it brings swift-numerics along, whose target is called Numerics as ours is, and the
// module alias that is meant for this case is honoured by SwiftPM in some runs only (6.3.1, one build in six fails).
let package = Package(
  name: "icd-benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "icd", path: "..")],
  targets: [
    .target(name: "Workloads", dependencies: [numerics, denoising], swiftSettings: strict + processorBaseline),
    .executableTarget(
      name: "kernels", dependencies: ["Workloads", numerics, denoising], swiftSettings: strict + processorBaseline),
    .executableTarget(
      name: "roofline", dependencies: ["Workloads", numerics],
      swiftSettings: strict + processorBaseline + [.unsafeFlags(["-Ounchecked"], .when(configuration: .release))]),
    .executableTarget(name: "fleet", dependencies: [messaging], swiftSettings: strict),
    .executableTarget(
      name: "growth", dependencies: ["Workloads", denoising], swiftSettings: strict + processorBaseline),
    .executableTarget(name: "dispatch", dependencies: [scheduling], swiftSettings: strict),
    .executableTarget(
      name: "costs", dependencies: ["Workloads", .product(name: "Sweeps", package: "icd")], swiftSettings: strict),
    .executableTarget(
      name: "compare-swift", dependencies: ["Workloads", numerics, denoising],
      swiftSettings: strict + processorBaseline),
  ],
  swiftLanguageModes: [.v6]
)
