import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Loaded into a worker before its program (`--import`): shifts its clock by the milliseconds in the file that
 * MESHWRIGHT_CHAOS_CLOCK names, and says in `<file>.seen` what it took. Monotonic clocks stay as they are, as they do
 * when an operator or NTP sets a machine's time.
 */
const file = process.env.MESHWRIGHT_CHAOS_CLOCK ?? '';
const lookMilliseconds = 100;
const TrueDate = Date;
let taken = '';
let shift = 0;

class ShiftedDate extends TrueDate {
  constructor(...given: unknown[]) {
    if (given.length === 0) super(TrueDate.now() + shift);
    else super(...(given as [number]));
  }

  static override now(): number {
    return TrueDate.now() + shift;
  }
}

function look(): void {
  const text = read();
  if (text === undefined || text === taken) return;
  taken = text;
  shift = Number(text);
  writeFileSync(`${file}.seen`, text);
}

function read(): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

globalThis.Date = ShiftedDate as DateConstructor;
look();
setInterval(look, lookMilliseconds).unref();
