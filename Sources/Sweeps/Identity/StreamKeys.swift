import Denoising

extension ExperimentStreams {
  /// The parameters that say what the prompts of a trial are, whatever is trained on them. A transform is not among
  /// them: it is applied to prompts that were drawn without it.
  static let dataParameters: [ParameterKey] = [
    .L, .componentCount, .componentWeights, .d, .n, .noiseVariance, .radius, .signalVariance, .task, .testPrompts,
    .trainPrompts,
  ]

  /// The stream keys of a trial: each the first 8 bytes of the SHA-256 of the stream's domain, a zero byte, the root,
  /// the seed, and the canonical bytes of the parameters of its prompts.
  ///
  /// So trials that differ only in what is trained, or how, see the same prompts (a paired comparison), and all
  /// others see independent ones.
  init(parameters: ParameterSet) {
    let names = Set(Self.dataParameters.map(\.name))
    let prompts = ParameterSet(sorted: parameters.entries.filter { names.contains($0.name) }).canonicalBytes
    let root = parameters.integer(.seedRoot)
    self.init(
      data: Self.key("icd stream data", root: root, seed: parameters.integer(.dataSeed), prompts),
      weights: Self.key("icd stream weights", root: root, seed: parameters.integer(.seed), prompts),
      shuffle: Self.key("icd stream shuffle", root: root, seed: parameters.integer(.seed), prompts))
  }

  /// The key of the prompts on which a transfer study uses its layer: independent of those on which it is trained, and
  /// of those of every other use.
  static func transferKey(parameters: ParameterSet) -> UInt64 {
    let names = Set((dataParameters + [.transferL, .transferD]).map(\.name))
    let prompts = ParameterSet(sorted: parameters.entries.filter { names.contains($0.name) }).canonicalBytes
    return key(
      "icd stream transfer", root: parameters.integer(.seedRoot), seed: parameters.integer(.dataSeed), prompts)
  }

  /// A key from a domain and two integers; the last bytes may be empty.
  static func key(_ domain: String, root: Int, seed: Int, _ parameters: [UInt8]) -> UInt64 {
    var writer = CanonicalWriter()
    writer.append(raw: domain.utf8)
    writer.append(UInt8(0))
    writer.append(Int64(root))
    writer.append(Int64(seed))
    writer.append(raw: parameters)
    return SHA256.firstWords(of: writer.bytes).0
  }
}
