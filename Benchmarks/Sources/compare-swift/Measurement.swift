import Denoising
import Numerics
import Workloads

/// What the driver reads: time of one unit of work, and what shows that the work was done.
struct Answer: Encodable {
  /// Of one epoch, one trial or one normal deviate, in seconds.
  var cpu: Double
  var wall: Double
  var train: Double?
  var test: Double?
  /// Of one evaluation of the whole train and test set, in seconds of computing.
  var evaluation: Double?

  init(_ elapsed: Elapsed, loss: SplitLoss? = nil, evaluation: Double? = nil) {
    cpu = elapsed.cpu
    wall = elapsed.wall
    train = loss?.train
    test = loss?.test
    self.evaluation = evaluation
  }
}

/// The cases of the comparison, by the names that all peers share.
enum Measurement: String {
  case mixtureSoftmax = "mixture_softmax"
  case linearSoftmax = "linear_softmax"
  case sphereSoftmax = "sphere_softmax"
  case linearLinear = "linear_linear"
  case trialSoftmax = "trial_softmax"
  case trialLinear = "trial_linear"
  case normals

  /// Does the work once and times it.
  func answer(epochs: Int) throws -> Answer {
    switch self {
    case .mixtureSoftmax: try epoch(.mixture, .softmax, epochs)
    case .linearSoftmax: try epoch(.linear, .softmax, epochs)
    case .sphereSoftmax: try epoch(.sphere, .softmax, epochs)
    case .linearLinear: try epoch(.linear, .linear, epochs)
    case .trialSoftmax: try trial(.softmax, epochs)
    case .trialLinear: try trial(.linear, epochs)
    case .normals: Self.normals()
    }
  }

  private func epoch(_ task: PaperTask, _ kind: AttentionConfiguration.Kind, _ epochs: Int) throws -> Answer {
    let run = try TimedRun(
      PaperSizes().experiment(task, kind, epochs: epochs, evaluationInterval: epochs, seed: 11))
    return Answer(run.epoch, loss: run.outcome.history.last?.loss)
  }

  /// A whole trial that evaluates after every epoch, and what one more evaluation would cost: the difference to the
  /// same trial that evaluates at its end only.
  private func trial(_ kind: AttentionConfiguration.Kind, _ epochs: Int) throws -> Answer {
    let often = try TimedRun(PaperSizes().experiment(.linear, kind, epochs: epochs, evaluationInterval: 1, seed: 11))
    let once = try TimedRun(
      PaperSizes().experiment(.linear, kind, epochs: epochs, evaluationInterval: epochs, seed: 11))
    let evaluation = (often.total.cpu - once.total.cpu) / Double(epochs - 1)
    return Answer(often.total, loss: often.outcome.history.last?.loss, evaluation: evaluation)
  }

  /// Blocks of normals that stay in the first-level cache, as the sampler draws them.
  private static func normals() -> Answer {
    let buffer = VectorBuffer(count: normalVectors)
    var substream: UInt64 = 0
    let elapsed = meanTime(atLeast: normalsSeconds) {
      let stream = RandomStream(key: 3, domain: 0, substream: substream)
      stream.fillNormals(UnsafeMutableBufferPointer(start: buffer.base, count: normalVectors))
      substream += 1
    }
    return Answer(elapsed.divided(by: Double(8 * normalVectors)))
  }

  /// One context of the paper's size, n L = 8000 deviates.
  private static let normalVectors = 1000
  private static let normalsSeconds = 0.3
}
