/// A figure before it is drawn: a gnuplot script and its data.
public struct Figure: Sendable, Hashable {
  /// Name of its files without the ending.
  public var name: String
  /// The script, which reads `name.dat` and writes `name.svg` and so on into the folder in which it runs.
  public var script: String
  /// The data.
  public var data: String
  /// What the script draws.
  public var formats: [FigureFormat]
  /// What kind of figure it is, for people.
  public var heading: String
  /// What is to be seen in it, for people.
  public var caption: String

  init(_ script: GnuplotScript, _ data: FigureData, heading: String, caption: String) {
    name = script.stem
    self.script = script.text
    self.data = data.text
    formats = script.formats
    self.heading = heading
    self.caption = caption
  }
}
