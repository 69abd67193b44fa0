/// The look of the page: of a screen of any width, in light and dark, and of paper. Nothing is fetched from elsewhere.
enum PageStyle {
  static let source = """
    :root {
      color-scheme: light dark;
      --ink: #1b1f24; --soft: #57606a; --line: #d8dee4; --paper: #ffffff; --panel: #f6f8fa; --accent: #0072b2;
      --bad: #a8400a;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --ink: #e6edf3; --soft: #9da7b3; --line: #30363d; --paper: #0d1117; --panel: #161b22; --accent: #56b4e9;
        --bad: #f0914e;
      }
    }
    * { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
    body {
      margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 72rem; color: var(--ink); background: var(--paper);
      font: 1rem/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif;
    }
    h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .25rem; overflow-wrap: anywhere; }
    h2 { font-size: 1.25rem; margin: 2.5rem 0 .75rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line); }
    h3 { font-size: 1rem; margin: 1.75rem 0 .25rem; }
    p { margin: .25rem 0 .75rem; max-width: 50rem; overflow-wrap: anywhere; }
    a { color: var(--accent); }
    a:focus-visible, button:focus-visible, .wide:focus-visible, summary:focus-visible {
      outline: 2px solid var(--accent); outline-offset: 2px;
    }
    .soft { color: var(--soft); font-size: .875rem; }
    .note { border-left: 3px solid var(--bad); padding-left: .75rem; }
    nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; margin: 1rem 0 0; padding: 0; }
    .facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: .75rem; margin: 1rem 0; }
    .facts div { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: .5rem .75rem; }
    .facts dt { color: var(--soft); font-size: .8125rem; }
    .facts dd { margin: 0; font-weight: 600; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
    .facts .bad dd { color: var(--bad); }
    .wide { overflow-x: auto; margin: 0 0 1rem; }
    table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
    caption { text-align: left; color: var(--soft); padding: .25rem 0; }
    th, td { padding: .25rem .75rem .25rem 0; text-align: right; white-space: nowrap; vertical-align: top; }
    th { border-bottom: 1px solid var(--ink); vertical-align: bottom; }
    td { border-bottom: 1px solid var(--line); }
    th.word, td.word { text-align: left; }
    td.prose { white-space: normal; min-width: 16rem; max-width: 32rem; overflow-wrap: anywhere; }
    th button {
      all: unset; cursor: pointer; font: inherit; font-weight: 600; outline-offset: 2px; white-space: nowrap;
    }
    th button::after { content: '\\2195'; color: var(--soft); padding-left: .25rem; font-weight: 400; }
    th[aria-sort=ascending] button::after { content: '\\2191'; color: var(--accent); }
    th[aria-sort=descending] button::after { content: '\\2193'; color: var(--accent); }
    th button:focus-visible { outline: 2px solid var(--accent); }
    figure { margin: 0 0 2rem; }
    figure .wide { background: #ffffff; border: 1px solid var(--line); border-radius: 6px; margin: 0; }
    figure svg { display: block; width: 100%; height: auto; margin: 0 auto; }
    figcaption { color: var(--soft); font-size: .875rem; margin-top: .5rem; max-width: 50rem; }
    pre {
      background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: .75rem; overflow-x: auto;
      font: .8125rem/1.45 ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; tab-size: 2;
    }
    code { font-family: ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; font-size: .875em; overflow-wrap: anywhere; }
    footer { margin-top: 3rem; border-top: 1px solid var(--line); padding-top: .5rem; }
    @media print {
      :root {
        color-scheme: light; --ink: #000000; --soft: #333333; --line: #bbbbbb; --paper: #ffffff; --panel: #ffffff;
        --accent: #000000; --bad: #000000;
      }
      @page { margin: 14mm; }
      body { max-width: none; padding: 0; font-size: 10pt; }
      nav, .screen { display: none; }
      h2, h3, caption, figcaption { break-after: avoid; }
      figure, .wide, tr, .facts div { break-inside: avoid; }
      figcaption { break-before: avoid; }
      .wide { overflow: visible; }
      table { font-size: 8pt; }
      thead { display: table-header-group; }
      th, td { padding-right: .5rem; white-space: normal; }
      figure svg { min-width: 0 !important; max-height: 230mm; }
      figure .wide { border: 0; }
      th button::after { content: none; }
      th[aria-sort] button::after { content: none; }
      pre { white-space: pre-wrap; overflow-wrap: anywhere; font-size: 8pt; }
      a { color: inherit; text-decoration: none; }
    }
    """
}
