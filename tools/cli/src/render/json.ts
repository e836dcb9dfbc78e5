/** What JSON.stringify leaves raw and a terminal may obey: C1 controls and invisible format characters. */
const unsafe = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A value as JSON that is safe to print; on one line, or indented for people. */
export function jsonText(value: unknown, indent = 0): string {
  return JSON.stringify(value ?? null, undefined, indent).replace(unsafe, escapeUnits);
}

function escapeUnits(character: string): string {
  let escaped = '';
  for (let index = 0; index < character.length; index += 1) {
    escaped += `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
  }
  return escaped;
}
