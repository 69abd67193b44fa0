import Foundation

/// What the process was started with.
public enum ProcessEnvironment {
  /// All variables.
  public static var variables: [String: String] { ProcessInfo.processInfo.environment }

  /// PATH, in which programs are looked for.
  public static var searchPath: String { variables["PATH"] ?? "/usr/bin:/bin" }

  /// Descriptor of the standard error stream.
  public static let standardError: Int32 = 2
}
