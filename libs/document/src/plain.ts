import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Alias,
  type Node,
  type Pair,
  type ParsedNode,
  type Scalar,
} from 'yaml';
import type { DocumentLimits } from './limits.ts';

/** Something that YAML allows and we do not, at an offset of the text. */
export interface Finding {
  code: string;
  message: string;
  offset: number;
  suggestion?: string;
}

/** A document as plain data, and where its aliases lead. */
export interface Plain {
  value: unknown;
  findings: Finding[];
  aliases: ReadonlyMap<Alias, Node>;
}

/** Keys that reach the prototype of an object in JavaScript. */
const dangerousKeys: readonly string[] = ['__proto__', 'constructor', 'prototype'];

/**
 * Plain values that YAML 1.1, which kubectl and Helm read, takes for a boolean or another number than
 * YAML 1.2 does (yaml.org/type/bool.html, yaml.org/type/int.html).
 */
const elsewhereBoolean = /^(?:yes|no|on|off|Yes|No|On|Off|YES|NO|ON|OFF)$/;
const elsewhereNumber = /^[-+]?(?:0\d+|0b[01_]+|[1-9]\d*_[\d_]*)$/;

const coreTags: readonly string[] = ['map', 'seq', 'str', 'int', 'float', 'bool', 'null'].map(
  (name) => `tag:yaml.org,2002:${name}`,
);

/**
 * The plain data of a parsed document: null, booleans, numbers that JSON has, strings, arrays, and objects
 * whose keys are strings. Aliases are written out, within a budget. This is done here rather than by
 * `toJS()` so that a duplicate key is told with both its lines, in linear time.
 */
export function toPlain(
  contents: ParsedNode | null,
  limits: DocumentLimits,
  lineOf: (offset: number) => number,
): Plain {
  const converter = new Converter(limits, lineOf);
  const value = converter.convert(contents, 1, false);
  return { value, findings: converter.findings, aliases: converter.aliases };
}

/**
 * Walks the nodes once in document order (`copying` false: everything is checked, anchors become known), and
 * again below each alias (`copying` true: what was checked is only written out).
 */
class Converter {
  readonly findings: Finding[] = [];
  readonly aliases = new Map<Alias, Node>();
  private readonly anchors = new Map<string, Node>();
  private readonly open = new Set<Node>();
  private aliased = 0;
  private exhausted = false;
  private readonly limits: DocumentLimits;
  private readonly lineOf: (offset: number) => number;

  constructor(limits: DocumentLimits, lineOf: (offset: number) => number) {
    this.limits = limits;
    this.lineOf = lineOf;
  }

  convert(node: Node | null, depth: number, copying: boolean): unknown {
    if (node === null || this.exhausted) return null;
    if (copying) this.aliased += 1;
    if (this.aliased > this.limits.aliasedValues) {
      this.exhausted = true;
      return this.refuse(
        node,
        'alias-bomb',
        `aliases write out more than ${this.limits.aliasedValues} values`,
      );
    }
    if (isAlias(node)) return this.convertAlias(node, depth, copying);
    if (!copying) this.checkProperties(node);
    if (isScalar(node)) return copying ? node.value : this.convertScalar(node);
    if (depth > this.limits.depth) {
      this.exhausted = true;
      return this.refuse(node, 'too-deep', tooDeep(this.limits));
    }
    this.open.add(node);
    const value = this.convertCollection(node, depth, copying);
    this.open.delete(node);
    return value;
  }

  private convertCollection(node: Node, depth: number, copying: boolean): unknown {
    if (isMap<ParsedNode, ParsedNode | null>(node)) return this.convertMap(node.items, depth, copying);
    return isSeq<ParsedNode>(node) ? node.items.map((item) => this.convert(item, depth + 1, copying)) : null;
  }

  private convertMap(pairs: Pair<ParsedNode, ParsedNode | null>[], depth: number, copying: boolean): unknown {
    const entries: Record<string, unknown> = {};
    const seen = new Map<string, Node>();
    for (const { key, value } of pairs) {
      const name = this.keyOf(key, copying);
      const before = name === null ? undefined : seen.get(name);
      if (name !== null && before !== undefined && !copying) {
        const message = `the key ${quoted(name)} was given before, on line ${this.lineOf(offsetOf(before))}`;
        this.refuse(key, 'duplicate-key', message, 'Keep one of the two.');
      }
      const plain = this.convert(value, depth + 1, copying);
      if (name === null || before !== undefined) continue;
      seen.set(name, key);
      entries[name] = plain;
    }
    return entries;
  }

  /** The key's text; null, and told, when the key is refused. */
  private keyOf(key: ParsedNode, copying: boolean): string | null {
    if (!isScalar(key) || typeof key.value !== 'string') {
      return copying
        ? null
        : this.refuse(key, 'key-not-text', 'a key must be text', 'Write plain or quoted text.');
    }
    const { value, type } = key;
    if (dangerousKeys.includes(value)) {
      return copying ? null : this.refuse(key, 'dangerous-key', `the key ${value} is refused`);
    }
    if (copying) return value;
    this.checkProperties(key);
    if (type === 'PLAIN' && value === '<<') {
      return this.refuse(key, 'merge-key', 'merge keys (<<) are not supported', 'Write the fields out.');
    }
    this.convertScalar(key);
    return value;
  }

  private convertAlias(alias: Alias, depth: number, copying: boolean): unknown {
    const target = copying ? this.aliases.get(alias) : this.anchors.get(alias.source);
    if (target === undefined) {
      if (copying) return null;
      return this.refuse(
        alias,
        'unknown-alias',
        `no anchor stands before the alias *${shortened(alias.source)}`,
      );
    }
    if (this.open.has(target)) {
      const message = `the alias *${shortened(alias.source)} is inside the value it stands for`;
      return this.refuse(alias, 'cyclic-alias', message);
    }
    this.aliases.set(alias, target);
    return this.convert(target, depth, true);
  }

  private convertScalar(scalar: Scalar): unknown {
    const { value } = scalar;
    if (typeof value === 'string') return this.convertText(scalar, value);
    if (typeof value === 'number') return this.convertNumber(scalar, value);
    return typeof value === 'boolean' ? value : null;
  }

  private convertText(scalar: Scalar, text: string): string | null {
    if (!text.isWellFormed()) {
      return this.refuse(
        scalar,
        'invalid-text',
        'an escape makes half of a surrogate pair, which no text has',
      );
    }
    if (scalar.type !== 'PLAIN') return text;
    if (elsewhereBoolean.test(text)) {
      const meant = /^(?:yes|on)$/i.test(text) ? 'true' : 'false';
      const message = `${text} is text in YAML 1.2 and ${meant} in YAML 1.1, which kubectl and Helm read`;
      return this.refuse(scalar, 'ambiguous-text', message, `Write ${meant}, or "${text}" in quotes.`);
    }
    return elsewhereNumber.test(text) ? this.refuseNumber(scalar) : text;
  }

  private convertNumber(scalar: Scalar, value: number): number | null {
    if (scalar.source !== undefined && elsewhereNumber.test(scalar.source)) {
      return this.refuseNumber(scalar);
    }
    if (!Number.isFinite(value)) {
      return this.refuse(scalar, 'not-a-number', 'infinity and not-a-number have no place in JSON');
    }
    if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
      return this.refuse(
        scalar,
        'number-too-large',
        'the number is too large to be kept exactly',
        'Quote it.',
      );
    }
    return value;
  }

  private refuseNumber(scalar: Scalar): null {
    const message =
      'this number means one thing in YAML 1.2 and another in YAML 1.1, which kubectl and Helm read';
    const suggestion =
      'Write it in decimal without leading zeros or underscores (420 for 0644), or quote it.';
    return this.refuse(scalar, 'ambiguous-number', message, suggestion);
  }

  private checkProperties(node: Exclude<Node, Alias>): void {
    if (node.anchor !== undefined) this.anchors.set(node.anchor, node);
    if (node.tag === undefined || coreTags.includes(node.tag)) return;
    this.refuse(node, 'tag', 'tags are not supported', 'Write plain YAML without tags.');
  }

  private refuse(node: Node, code: string, message: string, suggestion?: string): null {
    const place = { offset: offsetOf(node) };
    this.findings.push({ code, message, ...place, ...(suggestion === undefined ? {} : { suggestion }) });
    return null;
  }
}

/** What a document nested too deeply is told. */
export function tooDeep(limits: DocumentLimits): string {
  return `the document is nested more than ${limits.depth} levels deep`;
}

function offsetOf(node: Node): number {
  return node.range?.[0] ?? 0;
}

const shownText = 60;

function shortened(text: string): string {
  return text.length > shownText ? `${text.slice(0, shownText)}…` : text;
}

function quoted(name: string): string {
  return JSON.stringify(shortened(name));
}
