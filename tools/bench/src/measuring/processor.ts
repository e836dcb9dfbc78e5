import { readFile } from 'node:fs/promises';

/** The clock ticks of /proc are hundredths of a second on every Linux that people use (sysconf(3), _SC_CLK_TCK). */
const millisecondsEachTick = 10;

/**
 * How much processor time a process has used, in milliseconds, of all its threads and without its children
 * (proc_pid_stat(5)). Unlike a duration it says little of what else the machine does.
 */
export async function readProcessorTime(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The second field is the program's name in parentheses, which may have spaces; times are the 14th and 15th.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * millisecondsEachTick;
}
