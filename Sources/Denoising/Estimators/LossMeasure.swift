import Numerics

/// How far an estimate is from the target: the squared error per component, in the coordinates that the learner is
/// judged in.
public struct LossMeasure: Sendable {
  /// A, where the target is A x (Eq A.13); nothing where it is x.
  private let transform: Matrix?

  /// The measure for a task: ‖x̂ − x‖²/n, or ‖A (x̂ − x)‖²/n where the target is in transformed coordinates.
  public init(task: TaskConfiguration) {
    transform = task.transform?.target == .transformed ? task.transform?.matrix : nil
  }

  /// The loss of one estimate. Both vectors have n entries, in original coordinates.
  public func loss(of estimate: [Double], target: [Double]) -> Double {
    guard let transform else { return squaredDistance(estimate, target) / Double(target.count) }
    var error = estimate
    for index in error.indices { error[index] -= target[index] }
    return squaredNorm(transform * error) / Double(target.count)
  }
}
