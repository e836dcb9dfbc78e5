import { expect, it } from 'vitest';
import { openScreen } from './screen.ts';

function terminal(columns: number, rows: number) {
  let written = '';
  const output = {
    isTerminal: true,
    columns: () => columns,
    rows: () => rows,
    write: (text: string) => {
      written += text;
    },
  };
  const taken = () => {
    const text = written;
    written = '';
    return text;
  };
  return { output, taken };
}

it('draws in place of what it drew before, and gives the cursor back', () => {
  const { output, taken } = terminal(80, 24);
  const screen = openScreen(output);
  screen.draw(['one', 'two']);
  taken();
  screen.draw(['three']);
  expect(taken()).toBe('\u001b[2F\u001b[0Jthree\n');
  screen.close();
  expect(taken()).toBe('\u001b[?25h');
});

it('counts the rows of lines that are wider than the terminal', () => {
  const { output, taken } = terminal(10, 24);
  const screen = openScreen(output);
  screen.draw(['x'.repeat(25), 'y']);
  taken();
  screen.draw([]);
  expect(taken()).toBe('\u001b[4F\u001b[0J');
});

it('keeps to the height and says what it left out', () => {
  const { output, taken } = terminal(80, 4);
  openScreen(output).draw(['a', 'b', 'c', 'd', 'e']);
  expect(taken()).toBe('\u001b[?25l\r\u001b[0Ja\nb\n… 3 more lines\n');
});
