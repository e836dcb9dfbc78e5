import { chartStyle, dark, inDark, light } from '../charts/style.ts';

function variables(palette: typeof light): string {
  const named = Object.entries(palette).map(([name, colour]) => `--${name}:${colour}`);
  return `:root{${named.join(';')}}`;
}

const page = [
  '*{box-sizing:border-box}',
  'body{margin:0 auto;padding:28px 20px 56px;max-width:900px;background:var(--ground);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:anywhere}',
  'header{border-left:6px solid var(--quiet);padding:2px 0 2px 18px}',
  'header.passed{border-color:var(--passed)}header.regressed{border-color:var(--regressed)}header.inconclusive{border-color:var(--inconclusive)}',
  'h1{font-size:1.6rem;line-height:1.3;margin:.1em 0 .3em}',
  'h2{font-size:1.2rem;margin:2.2em 0 .5em}',
  'p,ul{margin:.5em 0}header ul{padding-left:1.2em}',
  '.name,figcaption,.quiet{color:var(--quiet)}.quiet{font-size:.875rem}',
  'figure{margin:1em 0}figcaption{font-size:.875rem}',
  'svg{display:block;max-width:100%;height:auto}.narrow{display:none}',
  '.scroll{overflow-x:auto}',
  'table{border-collapse:collapse;font-size:.875rem;width:100%;overflow-wrap:normal}',
  'th,td{text-align:left;vertical-align:top;padding:5px 10px 5px 0;border-bottom:1px solid var(--grid)}',
  'th{font-weight:600}thead th{border-bottom:2px solid var(--grid)}',
  '.number{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}',
  'tr.pair td{border-bottom-color:transparent}tr.lost td{color:var(--quiet)}',
  'b.passed{color:var(--passed)}b.regressed{color:var(--regressed)}b.inconclusive{color:var(--inconclusive)}b{white-space:nowrap}',
  'b.a{color:var(--a)}b.b{color:var(--b)}.reason{min-width:260px}',
  'dl{display:grid;grid-template-columns:minmax(110px,max-content) 1fr;gap:6px 20px;margin:.5em 0}dt{font-weight:600}dd{margin:0}',
  'code,pre{font:.875em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}',
  'pre{padding:10px 12px;border:1px solid var(--grid);border-radius:6px;white-space:pre-wrap;max-height:220px;overflow:auto}',
  'footer{margin-top:3em;font-size:.875rem;color:var(--quiet)}',
  '@media (max-width:620px){.wide{display:none}.narrow{display:block}h1{font-size:1.3rem}body{padding:18px 12px 40px}dl{grid-template-columns:1fr;gap:0}dd{margin:0 0 .7em}}',
  '@media print{body{max-width:none;padding:0;font-size:11pt}figure,tr,dd,header{break-inside:avoid}h2{break-after:avoid}.scroll{overflow:visible}table{font-size:8pt}th,td{padding:3px 7px 3px 0}.reason{min-width:0}.again{display:none}}',
].join('');

/** The style of the page, with that of its charts. */
export const pageStyle = `${variables(light)}${inDark(variables(dark))}${page}${chartStyle}`;
