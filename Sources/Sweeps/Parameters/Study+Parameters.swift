public import Denoising

extension Study {
  /// The study that the parameters of a valid trial describe.
  init(parameters: ParameterSet) {
    switch parameters.study {
    case .training: self = .training(Experiment(parameters: parameters))
    case .landscape: self = .landscape(LandscapeStudy(parameters: parameters))
    case .transfer: self = .transfer(TransferStudy(parameters: parameters))
    case .convergence: self = .convergence(ConvergenceStudy(parameters: parameters))
    case .retrieval: self = .retrieval(RetrievalStudy(parameters: parameters))
    }
  }
}

extension ParameterSet {
  /// What kind of study the set describes. Training is the default, and leaves the parameter out.
  public var study: Study.Kind { self[.study] == nil ? .training : word(.study) }
}

extension LandscapeStudy {
  fileprivate init(parameters: ParameterSet) {
    self.init(
      task: TaskConfiguration(parameters), attention: AttentionConfiguration(parameters),
      valueScales: ScaleGrid(parameters, .alphaBounds), keyQueryScales: ScaleGrid(parameters, .betaBounds),
      trainPromptCount: parameters.integer(.trainPrompts), testPromptCount: parameters.integer(.testPrompts),
      dataKey: ExperimentStreams(parameters: parameters).data)
  }
}

extension TransferStudy {
  fileprivate init(parameters: ParameterSet) {
    var used = parameters
    used[ParameterKey.L.name] = parameters[.transferL]
    if let dimension = parameters[.transferD] { used[ParameterKey.d.name] = dimension }
    self.init(
      experiment: Experiment(parameters: parameters), usedTask: TaskConfiguration(used),
      usedKey: ExperimentStreams.transferKey(parameters: parameters))
  }
}

extension ConvergenceStudy {
  fileprivate init(parameters: ParameterSet) {
    self.init(
      task: TaskConfiguration(parameters), attention: AttentionConfiguration(parameters),
      promptCount: parameters.integer(.testPrompts), dataKey: ExperimentStreams(parameters: parameters).data)
  }
}

extension RetrievalStudy {
  fileprivate init(parameters: ParameterSet) {
    let task = TaskConfiguration(parameters)
    let attention: AttentionConfiguration.Kind = parameters.word(.attention)
    let ideal = task.idealKeyQueryScale(for: attention)
    self.init(
      task: task,
      configuration: RetrievalConfiguration(
        attention: attention, valueScale: parameters.real(.valueScale),
        keyQueryScale: parameters[.keyQueryScale] == nil ? ideal : parameters.real(.keyQueryScale),
        stepSize: parameters.real(.stepSize), steps: parameters.integer(.steps),
        contextCount: parameters.integer(.contexts), queriesPerContext: parameters.integer(.queriesPerContext)),
      dataKey: ExperimentStreams(parameters: parameters).data)
  }
}

extension ScaleGrid {
  fileprivate init(_ parameters: ParameterSet, _ bounds: ParameterKey) {
    // Two numbers in ascending order, as the table of parameters demands.
    let ends = parameters.reals(bounds)
    self.init(bounds: ends[0]...ends[1], count: parameters.integer(.gridPoints))
  }
}
