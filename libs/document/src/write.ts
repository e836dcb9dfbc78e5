import { stringify, type DocumentOptions, type SchemaOptions, type ToStringOptions } from 'yaml';

/** Everything that a terminal may obey or hide, or that YAML has no character for; line feeds are YAML's own. */
const unsafe = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\ufffe\uffff]/u;
const eachUnsafe = new RegExp(unsafe, 'gu');
type Options = DocumentOptions & SchemaOptions & ToStringOptions & { aliasDuplicateObjects: boolean };
// Quoted where YAML 1.1, which kubectl and Helm read, takes a text for something else.
const settings: Options = { lineWidth: 0, aliasDuplicateObjects: false, compat: 'yaml-1.1' };

/**
 * Plain data as a YAML document that both versions of YAML read alike, and that no character of it makes look different
 * from what it says; ends with a line feed.
 */
export function writeYaml(value: unknown): string {
  const plain = stringify(value, settings);
  if (!unsafe.test(plain)) return plain;
  // Quoted strings may hold any character by its escape; the plain and block styles may not.
  const quoted = stringify(value, {
    ...settings,
    defaultStringType: 'QUOTE_DOUBLE',
    defaultKeyType: 'QUOTE_DOUBLE',
  });
  return quoted.replace(
    eachUnsafe,
    (character) => `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`,
  );
}
