import Foundation
import Scheduling

/// The version of the program, as it is stored with results and checked between coordinator and workers.
enum Version {
  /// `major.minor.patch`.
  static let description = "0.3.0"

  /// What is stored with a run: the program and what it ran on.
  static var all: [String: String] {
    ["icd": description, "system": ProcessInfo.processInfo.operatingSystemVersionString, "processor": processor]
  }

  private static var processor: String {
    #if arch(x86_64)
      ProcessorRequirement.level.rawValue
    #elseif arch(arm64)
      "arm64"
    #else
      "other"
    #endif
  }
}
