import Foundation
import Sweeps

/// What makes tables sort; without it they are plain tables.
enum PageScript {
  /// Puts a button into every heading of a sortable table: numbers by their first number, time spans by their length, words
  /// (and dates, which begin with the year) by the alphabet, empty cells last; from the same button, the other direction. It holds neither `<` nor `&`, so that it is the same as HTML
  /// and as XML.
  static let source = """
    'use strict';
    document.querySelectorAll('table.sortable').forEach(function (table) {
      var body = table.tBodies[0];
      var headings = Array.from(table.tHead.rows[0].cells);
      function key(row, column) {
        var text = row.cells[column].textContent.trim();
        var span = text.match(/^(?:(\\d+) d)? ?(?:(\\d+) h)? ?(?:(\\d+) min)? ?(?:([\\d.]+) s)?$/);
        var number = headings[column].classList.contains('word') ? NaN
          : span ? ((span[1] || 0) * 24 + (span[2] || 0) * 1) * 3600 + (span[3] || 0) * 60 + (span[4] || 0) * 1
          : text.endsWith('∞') ? (text.startsWith('-') ? -Infinity : Infinity) : parseFloat(text);
        return { isEmpty: text === '', number: number, text: text };
      }
      function compare(first, second) {
        if (Number.isNaN(first.number) || Number.isNaN(second.number)) {
          return first.text.localeCompare(second.text, 'en');
        }
        return Math.sign(first.number - second.number) || 0;
      }
      headings.forEach(function (heading, column) {
        var button = document.createElement('button');
        button.type = 'button';
        while (heading.firstChild) { button.appendChild(heading.firstChild); }
        heading.appendChild(button);
        button.addEventListener('click', function () {
          var isAscending = heading.getAttribute('aria-sort') !== 'ascending';
          headings.forEach(function (other) { other.removeAttribute('aria-sort'); });
          heading.setAttribute('aria-sort', isAscending ? 'ascending' : 'descending');
          var rows = Array.from(body.rows).map(function (row) { return { row: row, key: key(row, column) }; });
          rows.sort(function (first, second) {
            if (first.key.isEmpty || second.key.isEmpty) { return first.key.isEmpty - second.key.isEmpty; }
            return compare(first.key, second.key) * (isAscending ? 1 : -1);
          });
          rows.forEach(function (entry) { body.appendChild(entry.row); });
        });
      });
    });
    """

  /// The only script that the page may run: browsers refuse any other, also one that got in by mistake.
  static var policy: String {
    let digest = Data(SHA256.digest(of: Array(source.utf8))).base64EncodedString()
    return "default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-\(digest)'; "
      + "base-uri 'none'; form-action 'none'"
  }
}
