import ArgumentParser
import Foundation

/// Where a sweep's results go, or come from.
struct OutputDirectory: ParsableArguments {
  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("The directory of the results.", discussion: "results/NAME by default.", valueName: "dir"))
  var path: String?

  func validate() throws {
    guard let path else { return }
    if path.isEmpty { throw ValidationError("--output is empty; name a directory, or . for this one") }
    // A directory that is yet to be made must lie in one.
    var place = URL(fileURLWithPath: path).standardizedFileURL
    while !FileManager.default.fileExists(atPath: place.path), place.path != "/" { place.deleteLastPathComponent() }
    var isDirectory: ObjCBool = false
    if FileManager.default.fileExists(atPath: place.path, isDirectory: &isDirectory), !isDirectory.boolValue {
      throw ValidationError("--output \(path): \(place.lastPathComponent) is a file; name a directory")
    }
  }

  /// The directory for a sweep of that name.
  func resolved(for sweepName: String) -> String { path ?? "results/\(sweepName)" }
}
