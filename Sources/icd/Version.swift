/// The version of the program, as it is stored with results and checked between coordinator and workers.
enum Version {
  /// `major.minor.patch`.
  static let description = "0.1.0"
}
