/// A figure as a grid of panels with one title and one legend: the parts that the scripts of all figures share.
struct GnuplotScript {
  /// Okabe and Ito's palette, which readers with any kind of colour vision can tell apart; darkest first.
  static let palette = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#882255", "#000000"]
  /// Filled and open points of one shape, series by series.
  static let points = [
    (filled: 7, open: 6), (filled: 5, open: 4), (filled: 9, open: 8), (filled: 13, open: 12), (filled: 15, open: 14),
  ]
  /// Blue, white, red of the same lightness on both sides, which readers with any kind of colour vision can tell apart.
  static let divergingPalette =
    "set palette defined (-1 '#2166AC', -0.5 '#92C5DE', 0 '#F7F7F7', 0.5 '#F4A582', 1 '#B2182B')"
  /// Dark to light through blue and yellow (cividis), the same in grey.
  static let sequentialPalette =
    "set palette defined (0 '#00224E', 1 '#213B6E', 2 '#4C556C', 3 '#6C6E72', 4 '#8E8978', 5 '#B5A76C', 6 '#DFC85A', "
    + "7 '#FEE838')"

  /// The colour of a series.
  static func color(_ index: Int) -> String { palette[index % palette.count] }

  /// The dashes of a series, which tell it from others in grey.
  static func dashes(_ index: Int) -> String {
    ["solid", "(12,5)", "(12,4,3,4)", "(5,4)", "(12,3,3,3,3,3)"][index % 5]
  }

  /// One line of a plot command with its line of the legend.
  struct Plot {
    /// Everything but the title.
    var clause: String
    /// Text in the legend, in enhanced mode; nothing for what the legend leaves out.
    var label: String?

    /// A line of the legend that belongs to no data of this panel.
    static func legend(_ style: String, _ label: String) -> Plot { Plot(clause: "NaN \(style)", label: label) }
  }

  /// One panel of a figure. All texts are in enhanced mode.
  struct Panel {
    /// Line over the panel.
    var title: String?
    /// Smaller lines between that and the panel.
    var notes: [String] = []
    /// Settings before the plot command, a line each.
    var settings: [String]
    /// What is plotted; the later ones lie on top.
    var plots: [Plot]
    /// Whether the scale of its colours stands to its right.
    var hasColorBox = false
  }

  /// Where the legend stands: never where data can be.
  enum LegendPlace {
    case right, below
  }

  /// Name of the files without the ending.
  var stem: String
  /// Sentence over the figure; it may come from anybody.
  var title: String
  /// Second line over the figure, in enhanced mode.
  var subtitle: String
  /// Sentence over the legend.
  var legendTitle = ""
  /// Where the legend stands. It has the labels of the first panel.
  var legendPlace = LegendPlace.right
  /// Rows of panels from top to bottom, each from left to right; nothing where a panel is missing.
  var rows: [[Panel?]]
  /// Commands before anything is drawn, such as those that find contours.
  var preparation: [String] = []
  /// Lengths.
  var geometry = FigureGeometry()
  /// What is drawn.
  var formats: [FigureFormat]
}

extension GnuplotScript {
  /// Commands that find the contours of a block with the columns x, y and height, a group for each row of the grid, at
  /// some heights, and keep them under a name such as `$contours`.
  static func contours(of block: Int, into name: String, levels: [Double]) -> String {
    """
    set contour base
    unset surface
    set cntrparam levels discrete \(levels.map(GnuplotText.number).joined(separator: ", "))
    set table \(name)
    splot data index \(block) using 1:2:3
    unset table
    unset contour
    set surface
    """
  }
}

extension [[GnuplotScript.Panel?]] {
  /// Gives the first panel lines of the legend, which speak for all panels; false if there is no panel.
  mutating func addLegend(_ legend: [GnuplotScript.Plot]) -> Bool {
    for row in indices {
      for column in self[row].indices {
        guard let plots = self[row][column]?.plots else { continue }
        self[row][column]?.plots = legend + plots
        return true
      }
    }
    return false
  }
}
