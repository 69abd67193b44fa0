import Numerics

/// Mean losses of a task's baselines, gathered prompt by prompt while the prompts are drawn.
///
/// Estimators that read the context are costly, and they are taken on the test prompts only, or not at all.
struct BaselineTally {
  private let all: Baselines
  private let withoutContext: Baselines
  private var trainSums: [Double]
  private var testSums: [Double]
  private var trainCount = 0
  private var testCount = 0

  /// No prompt yet. Without `readsContexts`, prompts need no context, and those estimators are left out.
  init(task: TaskConfiguration, readsContexts: Bool) {
    all = readsContexts ? Baselines.all(for: task) : Baselines.withoutContext(for: task)
    withoutContext = Baselines.withoutContext(for: task)
    trainSums = [Double](repeating: 0, count: withoutContext.entries.count)
    testSums = [Double](repeating: 0, count: all.entries.count)
  }

  /// Lets the baselines answer one prompt. A test prompt must carry its context if contexts are read; `secondMoment` is
  /// X Xᵀ/L, if it is known.
  mutating func add(_ prompt: Prompt, secondMoment: Matrix?, isTest: Bool) {
    if isTest {
      testCount += 1
      for (entry, loss) in all.losses(on: prompt, secondMoment: secondMoment).enumerated() { testSums[entry] += loss }
    } else {
      trainCount += 1
      for (entry, loss) in withoutContext.losses(on: prompt).enumerated() { trainSums[entry] += loss }
    }
  }

  /// The mean loss of each baseline; without a training half where no training prompt was seen.
  var losses: [BaselineLoss] {
    var train: [String: Double] = [:]
    for (baseline, sum) in zip(withoutContext.entries, trainSums) where trainCount > 0 {
      train[baseline.name] = sum / Double(trainCount)
    }
    return zip(all.entries, testSums).map { baseline, sum in
      BaselineLoss(name: baseline.name, train: train[baseline.name], test: sum / Double(testCount))
    }
  }
}
