import Denoising
import Foundation
public import Sweeps

/// One trial as files that NumPy reads: what the layer saw, in which order, where it started and where it ended.
///
/// | file | type and shape | what |
/// |---|---|---|
/// | `contexts_train.npy`, `contexts_test.npy` | `<f4` [prompts, L, n] | X, token by token, for each group of prompts |
/// | `queries_…`, `targets_…` | `<f4` [prompts, n], or [contexts, queries, n] where a context has several | x̃, and what is to be predicted |
/// | `batch_order.npy` | `<i8` [epochs, train prompts] | training: order of the training prompts in each epoch |
/// | `learning_rate.npy` | `<f8` [epochs] | training: step size of each epoch |
/// | `initial_….npy`, `final_….npy`, … | `<f4`, as in the store | the arrays, under the names of the store |
/// | `history_….npy` | `<f8`, epochs `<i8` [evaluations] | training: the curves, under the names of the store |
/// | `curve_….npy` | `<f8` [points] | other studies: the same |
/// | `parameters.json` | | every parameter, the digest, and type and shape of every array |
/// | `result.json` | | metrics and baselines |
public struct TrialExport {
  /// What an export takes without being asked twice: 1 GiB.
  public static let bytesMax = 1 << 30

  private let trial: Trial
  private let study: Study
  private let result: TrialResult
  private let program: String

  /// The export of a trial and of what it returned; `program` is the name and version to write down.
  public init(trial: Trial, result: TrialResult, program: String) {
    self.trial = trial
    study = trial.study
    self.result = result
    self.program = program
  }

  /// Bytes of the arrays that do not depend on the result, which are nearly all: known before a trial is run.
  public static func byteCount(of trial: Trial) -> Int { byteCount(dataLayout(of: trial.study)) }

  /// Refuses a trial whose export would be larger than that.
  ///
  /// - Throws: ``ExportError/tooLarge(bytes:limit:)``.
  public static func checkSize(of trial: Trial, bytesMax: Int) throws(ExportError) {
    let bytes = byteCount(of: trial)
    if bytes > bytesMax { throw .tooLarge(bytes: bytes, limit: bytesMax) }
  }

  /// Refuses a place where there is something already.
  ///
  /// - Throws: ``ExportError/exists(path:)``.
  public static func checkPlace(_ path: String) throws(ExportError) {
    if FileManager.default.fileExists(atPath: path) { throw .exists(path: path) }
  }

  /// Writes the files into a directory that must not exist: all of them or none, since they are written beside it first.
  ///
  /// - Throws: ``ExportError``, and ``ExperimentError`` when the prompts cannot be drawn.
  public func write(to path: String) throws {
    let place = URL(fileURLWithPath: path, isDirectory: true).standardizedFileURL
    try Self.checkPlace(path)
    let draft = place.deletingLastPathComponent()
      .appendingPathComponent("\(place.lastPathComponent).partial-\(UUID().uuidString)", isDirectory: true)
    do {
      try Self.makeDirectory(draft)
      try writeFiles(into: draft)
      guard rename(draft.path, place.path) == 0 else {
        throw ExportError.cannotWrite(path: path, reason: String(cString: strerror(errno)))
      }
    } catch {
      try? FileManager.default.removeItem(at: draft)
      throw error
    }
  }

  private func writeFiles(into directory: URL) throws {
    for group in study.promptGroups { try writePrompts(group, into: directory) }
    if case .training(let experiment) = study { try writeTraining(experiment, into: directory) }
    for array in result.arrays {
      try write(array.name, into: directory) { try $0.append(array.values) }
    }
    for curve in result.curves {
      try write(curveName(curve), into: directory) { writer in
        if let epochs = Self.wholeNumbers(curve) { try writer.append(epochs) } else { try writer.append(curve.values) }
      }
    }
    try writeText(parametersJSON, to: directory.appendingPathComponent("parameters.json"))
    try writeText(resultJSON, to: directory.appendingPathComponent("result.json"))
  }

  private func writePrompts(_ group: PromptGroup, into directory: URL) throws {
    let contexts = try writer("contexts_\(group.name)", in: directory)
    let queries = try writer("queries_\(group.name)", in: directory)
    let targets = try writer("targets_\(group.name)", in: directory)
    try group.forEachPrompt { _, prompt in
      try contexts.append(prompt.context)
      try queries.append(prompt.query)
      try targets.append(prompt.target)
    }
    for writer in [contexts, queries, targets] { try writer.finish() }
  }

  private func writeTraining(_ experiment: Experiment, into directory: URL) throws {
    let epochs = 0..<experiment.training.epochs
    try write("batch_order", into: directory) { writer in
      for epoch in epochs { try writer.append(experiment.batchOrder(epoch: epoch)) }
    }
    try write("learning_rate", into: directory) { try $0.append(epochs.map(experiment.learningRate(epoch:))) }
  }

  private func write(_ name: String, into directory: URL, _ body: (NPYWriter) throws -> Void) throws {
    let writer = try writer(name, in: directory)
    try body(writer)
    try writer.finish()
  }

  private func writer(_ name: String, in directory: URL) throws -> NPYWriter {
    guard let header = layout.first(where: { $0.name == name })?.header else {
      preconditionFailure("the array \(name) is not in the layout")
    }
    return try NPYWriter(path: directory.appendingPathComponent("\(name).npy").path, header: header)
  }

  private func writeText(_ text: String, to file: URL) throws {
    do { try Data(text.utf8).write(to: file) } catch {
      throw ExportError.cannotWrite(path: file.path, reason: error.localizedDescription)
    }
  }

  private static func makeDirectory(_ directory: URL) throws {
    do { try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true) } catch {
      throw ExportError.cannotWrite(path: directory.path, reason: error.localizedDescription)
    }
  }
}

// MARK: - What is in the files

extension TrialExport {
  private typealias Layout = [(name: String, header: NPYHeader)]

  /// Every array: its name, which is the file's without `.npy`, and its header.
  private var layout: Layout {
    var layout = Self.dataLayout(of: study)
    layout += result.arrays.map { ($0.name, NPYHeader(element: .float32, shape: $0.shape)) }
    layout += result.curves.map { curve in
      let element: NPYHeader.Element = Self.wholeNumbers(curve) == nil ? .float64 : .int64
      return (curveName(curve), NPYHeader(element: element, shape: [curve.values.count]))
    }
    return layout
  }

  /// The arrays that go into the study.
  private static func dataLayout(of study: Study) -> Layout {
    var layout: Layout = []
    for group in study.promptGroups {
      let (n, L) = (group.task.ambientDimension, group.task.contextLength)
      layout.append(("contexts_\(group.name)", NPYHeader(element: .float32, shape: [group.count, L, n])))
      let queries = [group.count] + (group.queriesPerContext > 1 ? [group.queriesPerContext] : []) + [n]
      layout.append(("queries_\(group.name)", NPYHeader(element: .float32, shape: queries)))
      layout.append(("targets_\(group.name)", NPYHeader(element: .float32, shape: queries)))
    }
    if case .training(let experiment) = study {
      let epochs = experiment.training.epochs
      layout.append(("batch_order", NPYHeader(element: .int64, shape: [epochs, experiment.trainPrompts.count])))
      layout.append(("learning_rate", NPYHeader(element: .float64, shape: [epochs])))
    }
    return layout
  }

  private static func byteCount(_ layout: Layout) -> Int { layout.reduce(0) { $0 + $1.header.fileByteCount } }

  private func curveName(_ curve: TrialResult.Curve) -> String {
    (study.kind == .training ? "history_" : "curve_") + curve.name
  }

  /// The points of the abscissa, which are numbers of epochs.
  private static func wholeNumbers(_ curve: TrialResult.Curve) -> [Int]? {
    guard curve.name == "epoch" else { return nil }
    let numbers = curve.values.compactMap(Int.init(exactly:))
    return numbers.count == curve.values.count ? numbers : nil
  }

  /// Whole numbers stand without a point and reals with one, so that a reader of JSON gets the type that a parameter has.
  private var parametersJSON: String {
    let parameters = trial.parameters.entries.map { ($0.name, JSONText.value($0.value)) }
    let arrays = layout.map { name, header in
      let shape = "[" + header.shape.map(String.init).joined(separator: ", ") + "]"
      return (name, "{\"dtype\": \"\(header.element.rawValue)\", \"shape\": \(shape)}")
    }
    return Self.object([
      ("trial", JSONText.string(trial.id.description)), ("digest", JSONText.string(result.digest.description)),
      ("program", JSONText.string(program)), ("parameters", Self.object(parameters, indent: 2)),
      ("arrays", Self.object(arrays, indent: 2)),
    ]) + "\n"
  }

  private var resultJSON: String {
    let metrics = result.metrics.map { ($0.name, JSONText.number($0.value)) }
    let suffix = "_loss_test"
    let baselines = result.metrics.filter { $0.name.hasSuffix(suffix) }.map { metric in
      let name = String(metric.name.dropLast(suffix.count))
      let train = result[metric: "\(name)_loss_train"].map(JSONText.number) ?? "null"
      return (name, "{\"train\": \(train), \"test\": \(JSONText.number(metric.value))}")
    }
    return Self.object([
      ("metrics", Self.object(metrics, indent: 2)), ("baselines", Self.object(baselines, indent: 2)),
    ]) + "\n"
  }

  /// An object with one field to a line.
  private static func object(_ fields: [(name: String, value: String)], indent: Int = 0) -> String {
    if fields.isEmpty { return "{}" }
    let margin = String(repeating: " ", count: indent)
    let lines = fields.map { "\(margin)  \(JSONText.string($0.name)): \($0.value)" }
    return "{\n" + lines.joined(separator: ",\n") + "\n\(margin)}"
  }
}
