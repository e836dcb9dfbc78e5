/**
 * Colours that people with any kind of colour vision tell apart (Okabe and Ito 2008, darkened where text needs it), for
 * light and dark. Nothing is told by colour alone: arms differ in dashes and marks, verdicts in words.
 */
interface Palette {
  ground: string;
  text: string;
  quiet: string;
  grid: string;
  a: string;
  b: string;
  passed: string;
  regressed: string;
  inconclusive: string;
}

/** On white, and on paper. */
export const light: Palette = {
  ground: '#ffffff',
  text: '#1b1f24',
  quiet: '#59636e',
  grid: '#dde2e7',
  a: '#0072b2',
  b: '#bf4d00',
  passed: '#00704f',
  regressed: '#b02a00',
  inconclusive: '#735c00',
};

/** On nearly black. */
export const dark: Palette = {
  ground: '#14181d',
  text: '#e8ebee',
  quiet: '#a3adb8',
  grid: '#333b44',
  a: '#56b4e9',
  b: '#f0a030',
  passed: '#41cfa4',
  regressed: '#ff8f66',
  inconclusive: '#e3c34a',
};

/** Dark where the reader has asked for it, never on paper. */
export function inDark(rules: string): string {
  return `@media screen and (prefers-color-scheme:dark){${rules}}`;
}

const shape = [
  '.chart text{font:13px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}',
  '.chart .strong{font-weight:600}',
  '.chart .title{font-size:18px;font-weight:600}',
  '.chart .line{fill:none;stroke-width:2.5;stroke-linejoin:round;stroke-linecap:round}',
  '.chart .thin{fill:none;stroke-width:1;stroke-opacity:.36;stroke-linejoin:round}',
  '.chart .b.line,.chart .b.thin{stroke-dasharray:7 5}',
  '.chart .grid{stroke-width:1}',
  '.chart .even{stroke-width:1.5}',
  '.chart .level{stroke-width:2}',
  '.chart .limit{stroke-width:2;stroke-dasharray:4 3}',
  '.chart .band{fill-opacity:.16}',
  '.chart .whisker{stroke-width:3}',
  '.chart .mark{stroke-width:2}',
].join('');

function coloured({ ground, text, quiet, grid, a, b, passed, regressed, inconclusive }: Palette): string {
  const verdicts = { passed, regressed, inconclusive };
  return [
    `.chart .ground{fill:${ground}}`,
    `.chart text{fill:${text}}`,
    `.chart text.quiet,.chart tspan.quiet{fill:${quiet}}`,
    `.chart .grid{stroke:${grid}}`,
    `.chart .even,.chart .lost,.chart .whisker.quiet,.chart .mark.quiet{stroke:${quiet}}.chart .mark.quiet{fill:${quiet}}`,
    `.chart .limit{stroke:${text}}`,
    `.chart .band{fill:${b}}`,
    ...Object.entries({ a, b }).map(
      ([arm, colour]) =>
        `.chart .${arm}{stroke:${colour}}.chart text.${arm}{fill:${colour};stroke:none}.chart .mark.${arm}{fill:${colour}}`,
    ),
    `.chart .mark.hollow{fill:${ground}}`,
    ...Object.entries(verdicts).map(
      ([verdict, colour]) =>
        `.chart tspan.${verdict}{fill:${colour}}.chart .whisker.${verdict},.chart .mark.${verdict}{stroke:${colour}}.chart .mark.${verdict}{fill:${colour}}`,
    ),
  ].join('');
}

/** The style of charts, for a page as for a picture of its own. */
export const chartStyle = `${shape}${coloured(light)}${inDark(coloured(dark))}`;
