import { codeSpan as spanOf, fencedBlock, tableCode as cellOf } from '@meshwright/model';
import { escapeText } from '@meshwright/wording';

export { fencedBlock };

/** Foreign text as a Markdown code span, with what a terminal would obey written out. */
export function codeSpan(text: string): string {
  return spanOf(escapeText(text));
}

/** The same inside a table. */
export function tableCode(text: string): string {
  return cellOf(escapeText(text));
}
