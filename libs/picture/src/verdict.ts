import { fileURLToPath } from 'node:url';
import type { NoticePicture } from '@meshwright/model';
import { type JudgedChange, svgVerdict } from '@meshwright/report';
import { renderAsync } from '@resvg/resvg-js';

/** Twice its size, for screens that show it so. */
const scale = 2;

const font = 'DejaVu Sans';
const fontFiles = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map((file) =>
  fileURLToPath(import.meta.resolve(`dejavu-fonts-ttf/ttf/${file}`)),
);

/**
 * The verdict of a judged change as PNG; undefined where nothing was judged. Drawn with fonts of its own, so that it looks the
 * same on every machine, also on one without any.
 */
export async function verdictPicture(change: JudgedChange): Promise<NoticePicture | undefined> {
  const picture = svgVerdict(change);
  if (picture === undefined) return undefined;
  const { svg, title, description } = picture;
  const rendered = await renderAsync(svg, {
    fitTo: { mode: 'zoom', value: scale },
    font: {
      loadSystemFonts: false,
      fontFiles,
      defaultFontFamily: font,
      sansSerifFamily: font,
    },
  });
  return { image: rendered.asPng(), title, description };
}
