/** The style of the HTML report: one sheet, no address in it. Contrast of text is 4.5 at least in both schemes. */
export const STYLE = `
:root { color-scheme: light dark;
  --paper: #fbfbfa; --card: #ffffff; --ink: #1b1f24; --soft: #565f6b; --line: #d9dde2; --tint: #f1f3f5; --link: #0b57a4; --focus: #0b57a4;
  --created: #1a7f4b; --adopted: #2563a8; --skipped: #8a929c; --failed: #c0322b; --waiting: #b7791f;
  --good: #14653b; --bad: #a8231d; --warn: #7d5206; --good-tint: #e6f4ec; --bad-tint: #fbe9e8; --warn-tint: #fbf1dc; }
@media (prefers-color-scheme: dark) { :root {
  --paper: #14171b; --card: #1b1f24; --ink: #e6e9ed; --soft: #a3adb9; --line: #343b44; --tint: #232930; --link: #7db7f5; --focus: #7db7f5;
  --created: #3fae74; --adopted: #5b9be0; --skipped: #77808b; --failed: #e5675f; --waiting: #d9a441;
  --good: #72d3a0; --bad: #ff9b94; --warn: #f0c36d; --good-tint: #16321f; --bad-tint: #40201e; --warn-tint: #3a2d12; } }
* { box-sizing: border-box; }
html { background: var(--paper); -webkit-text-size-adjust: 100%; scroll-padding-top: 1rem; }
body { margin: 0 auto; max-width: 1200px; padding: 0 20px 60px; background: var(--paper); color: var(--ink); font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
.skip { position: absolute; left: -999px; } .skip:focus { left: 8px; top: 8px; background: var(--card); padding: 6px 12px; z-index: 9; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: 3px; }
header { padding: 34px 0 6px; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .4rem; letter-spacing: -.01em; }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 0 0 .35rem; }
h3 { font-size: 1rem; margin: 1.4rem 0 .4rem; }
p { margin: 0 0 .7rem; max-width: 76ch; }
a { color: var(--link); }
code, .name { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .9em; overflow-wrap: anywhere; }
.soft { color: var(--soft); }
.ends { display: flex; flex-wrap: wrap; gap: 4px 26px; margin: 0 0 .4rem; }
.ends div { display: flex; gap: 8px; } .ends dt { color: var(--soft); } .ends dd { margin: 0; overflow-wrap: anywhere; }
nav { margin: 14px 0 0; padding: 10px 0; border-top: 1px solid var(--line); border-bottom: 1px solid var(--line); }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 0; padding: 0; }
nav a { text-decoration: none; } nav a:hover { text-decoration: underline; }
section { margin: 34px 0 0; }
.next { background: var(--tint); border: 1px solid var(--line); border-left: 4px solid var(--adopted); border-radius: 6px; padding: 12px 16px; margin: 18px 0; }
.next p { margin: 0; max-width: none; } .next code { font-size: 1rem; font-weight: 600; }
.alarm-box { background: var(--bad-tint); color: var(--bad); border: 2px solid var(--bad); border-radius: 6px; padding: 12px 16px; margin: 14px 0; font-weight: 600; }
.scroll { position: relative; overflow-x: auto; max-width: 100%; }
table { border-collapse: collapse; width: 100%; background: var(--card); font-size: .93rem; }
caption { text-align: left; color: var(--soft); padding: 0 0 6px; }
th, td { text-align: left; vertical-align: top; padding: 6px 10px; border-bottom: 1px solid var(--line); }
thead th { background: var(--tint); color: var(--ink); font-weight: 600; border-bottom: 2px solid var(--line); vertical-align: bottom; }
tbody th { font-weight: 500; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
tfoot td, tfoot th { font-weight: 700; border-bottom: 0; border-top: 2px solid var(--line); }
td.zero { color: var(--soft); }
.counts { max-width: 720px; }
.flow { margin: 22px 0 0; } .flow svg { display: block; width: 100%; min-width: 560px; max-width: 900px; height: auto; }
.flow text { font-size: 14px; fill: var(--ink); } .flow .count { font-weight: 600; fill: var(--soft); font-variant-numeric: tabular-nums; }
.flow .ribbon { fill: none; opacity: .45; } .flow .ribbon:hover { opacity: .8; }
.ribbon.created { stroke: var(--created); } .ribbon.adopted { stroke: var(--adopted); } .ribbon.skipped { stroke: var(--skipped); }
.ribbon.failed { stroke: var(--failed); } .ribbon.waiting { stroke: var(--waiting); }
.node.read { fill: var(--soft); } .node.created { fill: var(--created); } .node.adopted { fill: var(--adopted); } .node.skipped { fill: var(--skipped); }
.node.failed { fill: var(--failed); } .node.waiting { fill: var(--waiting); }
figcaption { color: var(--soft); font-size: .88rem; margin-top: 4px; }
.filter { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 12px; margin: 10px 0; } .filter[hidden] { display: none; }
.filter label { color: var(--soft); }
.filter input { font: inherit; color: var(--ink); background: var(--card); border: 1px solid var(--soft); border-radius: 6px; padding: 6px 10px; width: min(340px, 100%); }
.filter output { color: var(--soft); } .filter output.on { color: var(--warn); font-weight: 600; }
details.group { border: 1px solid var(--line); border-radius: 6px; background: var(--card); margin: 8px 0; }
details.group > summary { cursor: pointer; padding: 9px 14px; } details.group > summary:hover { background: var(--tint); }
details.group > .body { padding: 2px 14px 12px; }
details.group[hidden], tr[hidden] { display: none; }
summary .code { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-weight: 600; overflow-wrap: anywhere; }
summary .means { display: block; color: var(--soft); padding-left: 1.05rem; }
summary .many { color: var(--soft); font-variant-numeric: tabular-nums; }
.todo { border-left: 3px solid var(--line); padding-left: 10px; }
.said { color: var(--ink); }
ul.names { margin: 0; padding: 0; list-style: none; } ul.names li { padding: 1px 0; }
.fold > summary { cursor: pointer; color: var(--link); } .fold ul.names { margin: 4px 0 4px .9rem; max-height: 24rem; overflow-y: auto; }
tbody th .fold ul.names, td .fold ul.names { max-width: 34rem; }
.line .fold { display: inline-block; vertical-align: top; max-width: 100%; } .list th { min-width: 11rem; max-width: 20rem; } .list td { min-width: 9rem; } .list td:last-child { min-width: 14rem; }
.line > ul.names { display: inline; } .line > ul.names li { display: inline; } .line > ul.names li + li::before { content: ", "; }
.tag { display: inline-block; border-radius: 4px; padding: 0 7px; font-size: .86rem; font-weight: 600; background: var(--tint); color: var(--soft); border: 1px solid var(--line); }
.tag.good { background: var(--good-tint); color: var(--good); border-color: transparent; } .tag.bad { background: var(--bad-tint); color: var(--bad); border-color: transparent; }
.tag.warn { background: var(--warn-tint); color: var(--warn); border-color: transparent; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 22px; list-style: none; padding: 0; margin: 0 0 10px; }
.legend b, .cell b { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; display: inline-block; min-width: 1.3em; text-align: center; }
.both { color: var(--good); } .lost { color: var(--bad); } .named { color: var(--warn); } .alarm { color: var(--bad); } .none { color: var(--soft); }
.matrix { width: auto; min-width: 50%; }
.matrix thead th.column { vertical-align: bottom; text-align: left; padding: 8px 4px; border-left: 1px solid var(--line); }
.matrix thead th.column span { writing-mode: vertical-rl; transform: rotate(180deg); max-height: 15rem; font-weight: 500; overflow-wrap: anywhere; }
.matrix td.cell { text-align: center; padding: 6px 4px; border-left: 1px solid var(--line); min-width: 34px; }
.matrix td.cell.lost { background: var(--bad-tint); } .matrix td.cell.named { background: var(--warn-tint); } .matrix td.cell.alarm { background: var(--bad); color: var(--card); font-weight: 700; }
.matrix td.cell .code { display: block; font-size: .72rem; line-height: 1.2; overflow-wrap: normal; max-width: 7.5rem; margin: 0 auto; }
.matrix tbody th { position: sticky; left: 0; background: var(--card); min-width: 170px; max-width: 300px; }
.off { margin: 4px 0 0; }
.matrix tr.inactive th, .matrix tr.inactive td { color: var(--soft); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
footer { margin-top: 44px; padding-top: 12px; border-top: 1px solid var(--line); color: var(--soft); font-size: .88rem; }
@media (max-width: 640px) { body { padding: 0 12px 40px; } header { padding-top: 20px; } h1 { font-size: 1.4rem; } th, td { padding: 5px 7px; }
  table { font-size: .88rem; } .group table { min-width: 30rem; } .list { min-width: 50rem; } .callers { min-width: 38rem; } .matrix tbody th { min-width: 120px; max-width: 150px; } }
@media print { :root { color-scheme: light; --paper: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #bbb; --tint: #f3f3f3; --link: #000;
    --good: #0f5130; --bad: #8f1b16; --warn: #6b4503; --good-tint: #f0f0f0; --bad-tint: #f0f0f0; --warn-tint: #f0f0f0;
    --created: #1a7f4b; --adopted: #2563a8; --skipped: #8a929c; --failed: #c0322b; --waiting: #b7791f; }
  body { font-size: 10pt; max-width: none; padding: 0; } nav, .filter, .skip { display: none; }
  section { margin-top: 18pt; } h2, h3, summary, caption { break-after: avoid; } tr, .next { break-inside: avoid; } thead { display: table-header-group; }
  details::details-content { content-visibility: visible; display: block; height: auto; } .fold ul.names { max-height: none; overflow: visible; }
  .scroll { overflow: visible; } .flow svg { min-width: 0; max-width: 160mm; } .matrix tbody th { position: static; } * { print-color-adjust: exact; } }
`;
